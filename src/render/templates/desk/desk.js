// Keeps a page of the desk up to date: what has changed is put in its place, and the rest is not touched.
"use strict";
const EVERY = 15000;
const parts = () => document.querySelectorAll("[data-live]");

async function refresh() {
  if (document.hidden) return;
  const answer = await fetch(location.href, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of parts()) {
    const now = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    // Nobody's place in the page is taken away.
    if (!now || now.innerHTML === part.innerHTML || part.contains(document.activeElement)) continue;
    part.replaceChildren(...now.childNodes);
    if ("told" in part.dataset) document.getElementById("told").textContent = part.textContent.trim();
  }
}

if (parts().length > 1) setInterval(() => refresh().catch(() => {}), EVERY);
