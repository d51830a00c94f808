// Shows the buttons that copy an address, where the browser lets a page copy.
if (navigator.clipboard) {
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
      // Under another name for those who hear it.
      button.setAttribute("aria-label", button.dataset.done);
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }
}
