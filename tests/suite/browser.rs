//! Chromium, driven over its DevTools protocol through a pair of pipes: no driver, no port, no sleep. Every wait is for an
//! event, and ends with the test after a minute.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::unix::pipe;

use crate::world::tool_is_missing;

/// Whatever takes longer does not come.
const PATIENCE: Duration = Duration::from_mins(1);

/// A browser with a profile of its own.
pub struct Browser {
    child: Child,
    directory: tempfile::TempDir,
    to: pipe::Sender,
    from: pipe::Receiver,
    read: Vec<u8>,
    number: u64,
    /// Tabs whose page has been loaded since they were last sent somewhere.
    loaded: HashSet<String>,
}

/// How a visitor looks at pages.
#[derive(Debug, Clone, Copy)]
pub struct Window {
    /// Pixels from left to right.
    pub width: u32,
    /// Whether their system is dark.
    pub is_dark: bool,
    /// What their browser says in `Accept-Language`.
    pub language: &'static str,
    /// Whether scripts run.
    pub has_scripts: bool,
}

impl Default for Window {
    fn default() -> Self {
        Self { width: 1280, is_dark: false, language: "en", has_scripts: true }
    }
}

impl Window {
    /// The windows in which every page is to be good: both languages, narrow and wide, light and dark.
    pub fn all() -> impl Iterator<Item = Self> {
        let widths = [320, 1280].into_iter();
        widths.flat_map(|width| {
            let schemes = [false, true].into_iter();
            schemes.flat_map(move |is_dark| {
                ["en", "zh-CN"].into_iter().map(move |language| Self {
                    width,
                    is_dark,
                    language,
                    ..Self::default()
                })
            })
        })
    }

    /// A word for file names.
    pub fn name(self) -> String {
        let scheme = if self.is_dark { "dark" } else { "light" };
        format!("{}-{scheme}-{}", self.width, &self.language[..2])
    }
}

/// One tab, with what it was opened with.
pub struct Tab {
    session: String,
}

impl Browser {
    /// Starts one; `None` where there is no Chromium.
    pub fn start() -> Option<Self> {
        if let Err(error) = Command::new("chromium").arg("--version").output() {
            tool_is_missing("chromium", &error);
            return None;
        }
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name);
        let made = Command::new("mkfifo").args([path("to"), path("from")]).status().unwrap();
        assert!(made.success());
        let both = || {
            let mut options = pipe::OpenOptions::new();
            // Opened at once, whoever comes first.
            options.read_write(true);
            options
        };
        let to = both().open_sender(path("to")).unwrap();
        let from = both().open_receiver(path("from")).unwrap();
        let child = Command::new("sh")
            .arg("-c")
            .arg("exec chromium \"$@\" 3<\"$FROM_US\" 4>\"$TO_US\"")
            .arg("chromium")
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"])
            .args(["--remote-debugging-pipe", "--disable-background-networking"])
            .args(["--disable-component-update", "--disable-sync", "--hide-scrollbars"])
            .arg(format!("--user-data-dir={}", path("profile").display()))
            .env("FROM_US", path("to"))
            .env("TO_US", path("from"))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let (read, loaded) = (Vec::new(), HashSet::new());
        Some(Self { child, directory, to, from, read, number: 0, loaded })
    }

    /// Opens a tab.
    pub async fn open(&mut self, window: Window) -> Tab {
        let made = self.ask(None, "Target.createTarget", json!({"url": "about:blank"})).await;
        let target = json!({"targetId": made["targetId"], "flatten": true});
        let attached = self.ask(None, "Target.attachToTarget", target).await;
        let tab = Tab { session: attached["sessionId"].as_str().unwrap().to_owned() };
        let scheme = if window.is_dark { "dark" } else { "light" };
        for (method, parameters) in [
            ("Page.enable", json!({})),
            ("Network.enable", json!({})),
            (
                "Emulation.setDeviceMetricsOverride",
                json!({"width": window.width, "height": 900, "deviceScaleFactor": 1, "mobile": false}),
            ),
            (
                "Emulation.setEmulatedMedia",
                json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]}),
            ),
            (
                "Network.setExtraHTTPHeaders",
                json!({"headers": {"Accept-Language": window.language}}),
            ),
            ("Emulation.setScriptExecutionDisabled", json!({"value": !window.has_scripts})),
        ] {
            self.ask(Some(&tab), method, parameters).await;
        }
        tab
    }

    /// Goes to an address and waits until all of the page is there.
    pub async fn go(&mut self, tab: &Tab, url: &str) {
        // A tab behind others draws nothing, and what waits for that does not happen.
        self.ask(Some(tab), "Page.bringToFront", json!({})).await;
        self.loaded.remove(&tab.session);
        let gone = self.ask(Some(tab), "Page.navigate", json!({"url": url})).await;
        assert!(gone.get("errorText").is_none(), "{url}: {gone}");
        self.arrive(tab).await;
    }

    /// Clicks on what a selector finds, and waits for the page that it leads to.
    pub async fn follow(&mut self, tab: &Tab, selector: &str) {
        self.loaded.remove(&tab.session);
        let selector = json!(selector);
        self.eval(tab, &format!("void document.querySelector({selector}).click()")).await;
        self.arrive(tab).await;
    }

    /// Presses Enter on whatever has the focus, and waits for the page that it leads to.
    pub async fn enter(&mut self, tab: &Tab) {
        self.loaded.remove(&tab.session);
        self.press(tab, "Enter").await;
        self.arrive(tab).await;
    }

    /// Presses a key, such as `Tab` or `Enter`, on whatever has the focus.
    pub async fn press(&mut self, tab: &Tab, key: &str) {
        let (code, text) = match key {
            "Tab" => (9, None),
            "Enter" => (13, Some("\r")),
            " " => (32, Some(" ")),
            other => panic!("{other} has no code here"),
        };
        let mut down = json!({"type": "keyDown", "key": key, "windowsVirtualKeyCode": code});
        if let Some(text) = text {
            down["text"] = json!(text);
        }
        self.ask(Some(tab), "Input.dispatchKeyEvent", down).await;
        let up = json!({"type": "keyUp", "key": key, "windowsVirtualKeyCode": code});
        self.ask(Some(tab), "Input.dispatchKeyEvent", up).await;
    }

    /// Goes on by Tab until the element that a selector finds has the focus.
    pub async fn tab_to(&mut self, tab: &Tab, selector: &str) {
        let found = format!("document.activeElement.matches({})", json!(selector));
        for _ in 0..50 {
            if self.eval(tab, &found).await == json!(true) {
                return;
            }
            self.press(tab, "Tab").await;
        }
        panic!("{selector} cannot be reached by keyboard");
    }

    /// Types into whatever has the focus.
    pub async fn write(&mut self, tab: &Tab, text: &str) {
        self.ask(Some(tab), "Input.insertText", json!({"text": text})).await;
    }

    /// Types into the field that a selector finds.
    pub async fn fill(&mut self, tab: &Tab, selector: &str, text: &str) {
        let selector = json!(selector);
        self.eval(tab, &format!("void document.querySelector({selector}).select()")).await;
        self.write(tab, text).await;
    }

    /// What an expression is in the page; promises are waited for.
    pub async fn eval(&mut self, tab: &Tab, expression: &str) -> Value {
        let parameters =
            json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let done = self.ask(Some(tab), "Runtime.evaluate", parameters).await;
        assert!(done.get("exceptionDetails").is_none(), "{expression:.200}: {done}");
        done["result"]["value"].clone()
    }

    /// The text of the page as people see it.
    pub async fn text(&mut self, tab: &Tab) -> String {
        self.eval(tab, "document.body.innerText").await.as_str().unwrap_or_default().to_owned()
    }

    /// The whole page as a picture, in `directory`, where one is asked for with `PRESSROOM_TEST_PICTURES`.
    pub async fn picture(&mut self, tab: &Tab, name: &str) {
        use base64::Engine as _;
        let Some(directory) = std::env::var_os("PRESSROOM_TEST_PICTURES") else { return };
        let parameters = json!({"format": "png", "captureBeyondViewport": true});
        let taken = self.ask(Some(tab), "Page.captureScreenshot", parameters).await;
        let data = taken["data"].as_str().unwrap();
        let bytes = base64::engine::general_purpose::STANDARD.decode(data).unwrap();
        std::fs::create_dir_all(&directory).unwrap();
        std::fs::write(Path::new(&directory).join(format!("{name}.png")), bytes).unwrap();
    }

    /// Whether nothing reaches beyond the window's right side.
    pub async fn fits(&mut self, tab: &Tab) -> bool {
        let wider = "document.documentElement.scrollWidth > document.documentElement.clientWidth";
        self.eval(tab, wider).await == json!(false)
    }

    /// What axe-core holds against the page, a line each; nothing where there is no axe-core. It is a script: the window must
    /// have them.
    pub async fn barriers(&mut self, tab: &Tab) -> Vec<String> {
        let Some(axe) = axe() else { return Vec::new() };
        self.eval(tab, &format!("{axe}; void 0")).await;
        let run = "axe.run().then((found) => found.violations.map((one) => \
            `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 200)).join(' | ')}`))";
        let found = self.eval(tab, run).await;
        found.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect()
    }

    /// Waits for the page to be there, with all it needs.
    async fn arrive(&mut self, tab: &Tab) {
        let arriving = async {
            while !self.loaded.contains(&tab.session) {
                self.message().await;
            }
        };
        tokio::time::timeout(PATIENCE, arriving).await.expect("no page comes");
    }

    async fn ask(&mut self, tab: Option<&Tab>, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut request = json!({"id": self.number, "method": method, "params": parameters});
        if let Some(tab) = tab {
            request["sessionId"] = json!(tab.session);
        }
        let mut bytes = request.to_string().into_bytes();
        bytes.push(0);
        self.to.write_all(&bytes).await.unwrap();
        loop {
            let mut message = self.message().await;
            if message["id"] == self.number {
                assert!(message.get("error").is_none(), "{method}: {message}");
                return message["result"].take();
            }
        }
    }

    /// The next message; each ends with a zero.
    async fn message(&mut self) -> Value {
        loop {
            if let Some(end) = self.read.iter().position(|byte| *byte == 0) {
                let message: Value = serde_json::from_slice(&self.read[..end]).unwrap();
                self.read.drain(..=end);
                if message["method"] == "Page.loadEventFired" {
                    self.loaded.insert(message["sessionId"].as_str().unwrap().to_owned());
                }
                return message;
            }
            self.read.reserve(65_536);
            let read = tokio::time::timeout(PATIENCE, self.from.read_buf(&mut self.read));
            read.await.expect("chromium says nothing more").unwrap();
        }
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It has children of its own, which end with it.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = &self.directory;
    }
}

/// The source of axe-core, which `tests/run` fetches: it is nobody's to commit here.
fn axe() -> Option<String> {
    let path = std::env::var_os("PRESSROOM_TEST_AXE").map(PathBuf::from);
    let read = path.as_deref().map(std::fs::read_to_string);
    match read {
        Some(Ok(source)) => Some(source),
        Some(Err(error)) => {
            tool_is_missing("axe-core", &error);
            None
        }
        None => {
            tool_is_missing("axe-core", &"PRESSROOM_TEST_AXE names no file");
            None
        }
    }
}
