//! A headless browser with one page open, and what it complains about.
//!
//! The tests of `backtest` have this file too.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::{env, fs};

use headless_chrome::browser::tab::point::Point;
use headless_chrome::protocol::cdp::types::Event;
use headless_chrome::protocol::cdp::{Emulation, Network, Page};
use headless_chrome::types::PrintToPdfOptions;
use headless_chrome::{Browser, LaunchOptions, Tab};
use serde_json::Value;
use tempfile::TempDir;

/// A page that is open in a browser.
pub struct Chrome {
    tab: Arc<Tab>,
    complaints: Arc<Mutex<Vec<String>>>,
    requests: Arc<Mutex<Vec<String>>>,
    _browser: Browser,
    _folder: TempDir,
}

#[allow(dead_code, reason = "each crate's tests press other keys")]
impl Chrome {
    /// Writes the page to a file and opens that; `None` where there is no browser.
    pub fn open(page: &[u8]) -> Option<Self> {
        let program = find()?;
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("page.html");
        fs::write(&file, page).expect("the temporary folder can be written");
        let quiet = [
            "--disable-quic",
            "--disable-component-update",
            "--hide-scrollbars",
        ];
        let options = LaunchOptions::default_builder()
            .path(Some(program))
            .user_data_dir(Some(folder.path().join("browser")))
            .sandbox(false)
            .args(quiet.iter().map(AsRef::as_ref).collect())
            .build()
            .expect("every option has a value");
        let browser = Browser::new(options).expect("the browser starts");
        let tab = browser.new_tab().expect("a tab opens");
        let chrome = Self {
            tab,
            complaints: Arc::default(),
            requests: Arc::default(),
            _browser: browser,
            _folder: folder,
        };
        chrome.listen();
        chrome.resize(1280, 800);
        let address = format!("file://{}", file.display());
        chrome.tab.navigate_to(&address).expect("the page opens");
        chrome.run(
            "new Promise((done) => document.readyState === 'complete' ? done(1) : addEventListener('load', () => done(1)))",
        );
        chrome.settle();
        Some(chrome)
    }

    /// Remembers errors, complaints on the console and every address that is asked for.
    fn listen(&self) {
        let (complaints, requests) = (Arc::clone(&self.complaints), Arc::clone(&self.requests));
        let complain = move |text: String| complaints.lock().expect("no panic").push(text);
        self.tab
            .add_event_listener(Arc::new(move |event: &Event| match event {
                Event::RuntimeExceptionThrown(thrown) => {
                    complain(format!("{:?}", thrown.params.exception_details));
                }
                Event::RuntimeConsoleAPICalled(call) => complain(format!("{:?}", call.params)),
                Event::LogEntryAdded(entry) => complain(entry.params.entry.text.clone()),
                Event::NetworkRequestWillBeSent(request) => requests
                    .lock()
                    .expect("no panic")
                    .push(request.params.request.url.clone()),
                _ => {}
            }))
            .expect("the tab listens");
        self.tab.enable_runtime().expect("exceptions are reported");
        self.tab.enable_log().expect("complaints are reported");
        self.tab
            .call_method(Network::Enable {
                max_total_buffer_size: None,
                max_resource_buffer_size: None,
                max_post_data_size: None,
                report_direct_socket_traffic: None,
                enable_durable_messages: None,
            })
            .expect("requests are reported");
    }

    /// Asserts that the page complained of nothing and asked for nothing but itself,
    /// with the frames that it holds.
    pub fn assert_content(&self) {
        let complaints = self.complaints.lock().expect("no panic").clone();
        assert_eq!(complaints, [""; 0], "the console stays empty");
        let mut requests = self.requests.lock().expect("no panic").clone();
        requests.retain(|address| address != "about:srcdoc");
        assert_eq!(requests.len(), 1, "only the page is loaded: {requests:?}");
    }

    /// Evaluates an expression, awaits it if it is a promise, and returns its value.
    pub fn run(&self, expression: &str) -> Value {
        let json = format!("Promise.resolve({expression}).then((value) => JSON.stringify(value))");
        let answer = self
            .tab
            .evaluate(&json, true)
            .unwrap_or_else(|error| panic!("{expression}: {error}"));
        let text = answer.value.unwrap_or_default();
        let text = text.as_str().unwrap_or("null");
        serde_json::from_str(text).unwrap_or_else(|_| panic!("{expression}: {text}"))
    }

    /// Waits until everything that is due has been drawn, frames included.
    pub fn settle(&self) {
        self.run("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(1))))");
    }

    /// Gives the window another size.
    pub fn resize(&self, width: u32, height: u32) {
        self.tab
            .call_method(Emulation::SetDeviceMetricsOverride {
                width,
                height,
                device_scale_factor: 1.0,
                mobile: false,
                scale: None,
                screen_width: None,
                screen_height: None,
                position_x: None,
                position_y: None,
                dont_set_visible_size: None,
                screen_orientation: None,
                viewport: None,
                display_feature: None,
                device_posture: None,
            })
            .expect("the window changes its size");
        self.settle();
    }

    /// Prefers a colour scheme, `light` or `dark`, and no motion, so that a zoom is done
    /// when it is asked for.
    pub fn prefer(&self, scheme: &str) {
        let feature = |name: &str, value: &str| Emulation::MediaFeature {
            name: name.to_owned(),
            value: value.to_owned(),
        };
        self.tab
            .call_method(Emulation::SetEmulatedMedia {
                media: None,
                features: Some(vec![
                    feature("prefers-color-scheme", scheme),
                    feature("prefers-reduced-motion", "reduce"),
                ]),
            })
            .expect("the preference is taken");
        self.settle();
    }

    /// Moves the mouse.
    pub fn point(&self, x: f64, y: f64) {
        self.tab
            .move_mouse_to_point(Point { x, y })
            .expect("the mouse works");
        self.settle();
    }

    /// Clicks with the mouse.
    pub fn click(&self, x: f64, y: f64) {
        self.tab
            .click_point(Point { x, y })
            .expect("the mouse works");
        self.settle();
    }

    /// Types a text.
    pub fn write(&self, text: &str) {
        self.tab.type_str(text).expect("the keyboard works");
        self.settle();
    }

    /// Presses a key.
    pub fn press(&self, key: &str) {
        self.tab.press_key(key).expect("the key is there");
        self.settle();
    }

    /// Keeps a picture of the window, to be looked at.
    pub fn screenshot(&self, name: &str) {
        let png = self
            .tab
            .capture_screenshot(Page::CaptureScreenshotFormatOption::Png, None, None, true)
            .expect("a picture is taken");
        keep(name, &png);
    }

    /// Prints as a reader would, and keeps the print.
    pub fn print(&self, name: &str) -> Vec<u8> {
        let options = PrintToPdfOptions {
            print_background: Some(true),
            prefer_css_page_size: Some(true),
            ..Default::default()
        };
        let pdf = self.tab.print_to_pdf(Some(options)).expect("it is printed");
        keep(name, &pdf);
        pdf
    }
}

fn keep(name: &str, content: &[u8]) {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, content).expect("the folder for tests' files can be written");
}

/// The browser: `$CHROME`, else the first of the usual names on the path.
///
/// Without one there is nothing to test, which is said; under `CI=true` it is a failure.
fn find() -> Option<PathBuf> {
    if let Some(chrome) = env::var_os("CHROME").filter(|chrome| !chrome.is_empty()) {
        return Some(chrome.into());
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let found = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .flat_map(|name| env::split_paths(&path).map(move |folder| folder.join(name)))
        .find(|program| program.is_file());
    if found.is_none() {
        let told = "no browser: install chromium, or set CHROME to one";
        assert!(env::var("CI").as_deref() != Ok("true"), "{told}");
        println!("browser tests skipped, {told}");
    }
    found
}
