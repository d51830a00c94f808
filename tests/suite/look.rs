//! The digest in a browser: does it fit a narrow window, and can it be read in light and dark?

use std::process::Command;

use pressroom::jobs::compose::Look;

use crate::world::{World, page, prose, tool_is_missing};

/// Shows a mail in a frame of 320 px and writes what it measures into the page's title.
const FRAME: &str = r#"<!DOCTYPE html><title>waiting</title><iframe id=mail width=320 height=2000 srcdoc="MAIL"></iframe>
<script>
document.getElementById("mail").onload = (event) => {
  const mail = event.target.contentDocument;
  const luminance = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = getComputedStyle(at).backgroundColor;
      if (!/, 0\)$/.test(colour) && colour !== "transparent") return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const contrast = (element) => {
    const [a, b] = [luminance(getComputedStyle(element).color), luminance(behind(element))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  };
  const texts = [...mail.querySelectorAll("h1, h2, h3, p, li, a")].filter((e) => e.innerText.trim());
  const worst = Math.min(...texts.map(contrast));
  const dark = luminance(behind(mail.querySelector("h1"))) < 0.2;
  document.title = JSON.stringify({ width: mail.documentElement.scrollWidth, texts: texts.length, worst, dark });
};
</script>"#;

/// What Chromium measures; `scheme` is 0 for dark and 1 for light, as Blink counts them.
fn measured(world: &World, html: &str, scheme: u8) -> Option<serde_json::Value> {
    let escaped = html.replace('&', "&amp;").replace('"', "&quot;");
    let file = world.path("frame.html");
    std::fs::write(&file, FRAME.replace("MAIL", &escaped)).unwrap();
    let output = Command::new("chromium")
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--dump-dom"])
        .args(["--disable-background-networking", "--disable-component-update", "--disable-sync"])
        .args(["--disable-quic", "--virtual-time-budget=5000"])
        .arg(format!("--user-data-dir={}", world.path("chromium").display()))
        .arg(format!("--blink-settings=preferredColorScheme={scheme}"))
        .arg(format!("file://{}", file.display()))
        .output();
    match output {
        Err(error) => {
            tool_is_missing("chromium", &error);
            None
        }
        Ok(output) => {
            let dom = String::from_utf8(output.stdout).unwrap();
            let title = dom.split("<title>").nth(1).unwrap().split("</title>").next().unwrap();
            Some(serde_json::from_str(title).unwrap_or_else(|_| panic!("measured nothing: {dom}")))
        }
    }
}

#[tokio::test]
async fn the_digest_fits_a_narrow_window_and_is_legible_in_light_and_dark() {
    let long = "https://press.example/".to_owned() + &"verylongpath".repeat(20);
    let body = format!("<h2>A heading</h2>{}<h2>{long}</h2>{}", prose("pier"), prose("tower"));
    let world = World::new().with_article("pier.html", page("The New Pier", &body));
    world.pass().await;
    let app = world.open().await;
    let html = app.preview("morning", &Look::default()).await.unwrap().0.message.html;
    app.close().await;
    for (scheme, dark) in [(1, false), (0, true)] {
        let Some(seen) = measured(&world, &html, scheme) else { return };
        assert!(seen["width"].as_u64().unwrap() <= 320, "{seen}");
        assert!(seen["texts"].as_u64().unwrap() > 5, "{seen}");
        // WCAG 2.2 §1.4.3: 4.5 : 1.
        assert!(seen["worst"].as_f64().unwrap() >= 4.5, "{seen}");
        assert_eq!(seen["dark"], dark, "{seen}");
    }
}
