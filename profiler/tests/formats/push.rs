//! Pushing to a server: a receiver on this machine that answers as it is told.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, Instant, UNIX_EPOCH};

use profiler::format::read;
use profiler::{Profile, Push, PushOptions};

use crate::support::stacks;

/// What came with one request.
struct Request {
    /// The path with the query.
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    fn read(stream: &TcpStream) -> Self {
        let mut input = BufReader::new(stream);
        let mut line = String::new();
        input.read_line(&mut line).unwrap();
        assert!(line.starts_with("POST "), "{line}");
        let target = line.split(' ').nth(1).unwrap().to_owned();
        let mut headers = Vec::new();
        loop {
            line.clear();
            input.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let mut request = Self {
            target,
            headers,
            body: Vec::new(),
        };
        let length: u64 = request.header("content-length").unwrap().parse().unwrap();
        input.take(length).read_to_end(&mut request.body).unwrap();
        request
    }

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        headers
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Takes the file out of the form, as RFC 7578 has it.
    fn profile(&self) -> Profile {
        let kind = self.header("content-type").unwrap();
        let boundary = kind.strip_prefix("multipart/form-data; boundary=").unwrap();
        let start = format!("--{boundary}\r\n").into_bytes();
        let end = format!("\r\n--{boundary}--\r\n").into_bytes();
        let part = self.body.strip_prefix(&start[..]).unwrap();
        let part = part.strip_suffix(&end[..]).unwrap();
        let blank = part
            .windows(4)
            .position(|bytes| bytes == b"\r\n\r\n")
            .unwrap();
        let head = String::from_utf8(part[..blank].to_vec()).unwrap();
        assert!(head.contains("form-data; name=\"profile\""), "{head}");
        read(&part[blank + 4..], Some("profile.pprof".as_ref())).unwrap()
    }
}

/// A server, and what came to it.
struct Server {
    url: String,
    requests: Receiver<Request>,
    /// Breaks off the request that is not answered.
    breaks: Sender<()>,
}

/// Answers the requests with these states in turn, then with 200; `None` is no answer.
fn serve(answers: &[Option<u16>]) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let mut answers: VecDeque<Option<u16>> = answers.iter().copied().collect();
    let (sender, requests) = channel();
    let (breaks, broken) = channel();
    std::thread::spawn(move || {
        while let Ok((mut stream, _)) = listener.accept() {
            let request = Request::read(&stream);
            if sender.send(request).is_err() {
                break;
            }
            match answers.pop_front().unwrap_or(Some(200)) {
                Some(status) => write!(
                    stream,
                    "HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                )
                .unwrap(),
                // Until the test breaks it off, or ends.
                None => drop(broken.recv()),
            }
        }
    });
    Server {
        url,
        requests,
        breaks,
    }
}

fn options(url: &str) -> PushOptions {
    let mut options = PushOptions::new(url, "my.app");
    options.first_wait = Duration::from_millis(5);
    options.max_wait = Duration::from_millis(20);
    options
}

fn profile(n: u64) -> Profile {
    Profile::from_stacks([(vec!["main", "work"], n), (vec!["main", "<b>&;\n"], 1)])
}

fn send(push: &Push, profile: &Profile) {
    let from = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    push.send(profile, from, from + Duration::from_secs(10))
        .unwrap();
}

/// Long enough for a machine with much else to do.
const PATIENCE: Duration = Duration::from_mins(1);

#[test]
fn the_receiver_gets_the_profile_with_its_name_times_and_tags() {
    let server = serve(&[]);
    let mut options = options(&format!("{}/", server.url));
    options.tags = vec![("region".to_owned(), "us west&1".to_owned())];
    options.token = Some("secret".to_owned());
    options.headers = vec![("X-Scope-OrgID".to_owned(), "team".to_owned())];
    let push = Push::start(options).unwrap();
    send(&push, &profile(7));
    let request = server.requests.recv_timeout(PATIENCE).unwrap();
    assert_eq!(stacks(&request.profile()), stacks(&profile(7)));
    let (path, query) = request.target.split_once('?').unwrap();
    assert_eq!(path, "/ingest");
    let parts: Vec<&str> = query.split('&').collect();
    assert!(
        parts.contains(&"from=1700000000") && parts.contains(&"until=1700000010"),
        "{query}"
    );
    assert!(parts.contains(&"format=pprof"), "{query}");
    let name = parts
        .iter()
        .find_map(|part| part.strip_prefix("name="))
        .unwrap();
    let name = name
        .replace("%7B", "{")
        .replace("%7D", "}")
        .replace("%3D", "=");
    assert_eq!(
        name.replace("%20", " ").replace("%26", "&"),
        "my.app{region=us west&1}"
    );
    assert_eq!(request.header("authorization"), Some("Bearer secret"));
    assert_eq!(request.header("x-scope-orgid"), Some("team"));
    let report = push.finish(PATIENCE);
    assert_eq!(
        (report.sent, report.dropped, report.failed_tries),
        (1, 0, 0)
    );
}

#[test]
fn failures_are_repeated_until_the_server_is_well() {
    let server = serve(&[Some(500), Some(503), Some(429)]);
    let push = Push::start(options(&server.url)).unwrap();
    send(&push, &profile(7));
    for _ in 0..4 {
        let request = server.requests.recv_timeout(PATIENCE).unwrap();
        assert_eq!(stacks(&request.profile()), stacks(&profile(7)));
    }
    let report = push.finish(PATIENCE);
    assert_eq!(
        (report.sent, report.dropped, report.failed_tries),
        (1, 0, 3)
    );
    assert!(report.last_problem.unwrap().contains("429"));
}

#[test]
fn what_the_server_refuses_is_not_repeated() {
    let server = serve(&[Some(400)]);
    let push = Push::start(options(&server.url)).unwrap();
    send(&push, &profile(1));
    send(&push, &profile(2));
    let report = push.finish(PATIENCE);
    assert_eq!(
        (report.sent, report.dropped, report.failed_tries),
        (1, 1, 1)
    );
    assert!(report.last_problem.unwrap().contains("400"));
    let bodies: Vec<_> = server
        .requests
        .try_iter()
        .map(|request| stacks(&request.profile()))
        .collect();
    assert_eq!(bodies, [stacks(&profile(1)), stacks(&profile(2))]);
}

/// While the first has no answer, the oldest of the others give way.
#[test]
fn a_full_queue_drops_the_oldest() {
    let server = serve(&[None]);
    let mut options = options(&server.url);
    options.max_queued = 2;
    let push = Push::start(options).unwrap();
    send(&push, &profile(1));
    // The first is under way and gets no answer; five more are three too many.
    server.requests.recv_timeout(PATIENCE).unwrap();
    for n in 2..7 {
        send(&push, &profile(n));
    }
    server.breaks.send(()).unwrap();
    let report = push.finish(PATIENCE);
    assert_eq!(
        (report.sent, report.dropped, report.failed_tries),
        (3, 3, 1)
    );
    let bodies: Vec<_> = server
        .requests
        .iter()
        .take(3)
        .map(|request| stacks(&request.profile()))
        .collect();
    assert_eq!(bodies, [1, 5, 6].map(|n| stacks(&profile(n))));
}

/// The port was free a moment ago, so nobody listens there.
#[test]
fn a_server_that_is_away_costs_a_bounded_time() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let mut options = options(&url);
    options.max_retries = 2;
    let push = Push::start(options.clone()).unwrap();
    send(&push, &profile(1));
    let report = push.finish(PATIENCE);
    assert_eq!(
        (report.sent, report.dropped, report.failed_tries),
        (0, 1, 3)
    );
    assert!(report.last_problem.is_some());

    // With retries without end, the limit ends them.
    options.max_retries = u32::MAX;
    let push = Push::start(options).unwrap();
    send(&push, &profile(1));
    let started = Instant::now();
    let report = push.finish(Duration::from_millis(200));
    assert_eq!((report.sent, report.dropped), (0, 1));
    assert!(report.failed_tries > 1, "{report:?}");
    assert!(started.elapsed() < PATIENCE);
}

/// A server that takes the request and never answers holds up nobody.
#[test]
fn finishing_does_not_wait_for_an_answer_beyond_its_limit() {
    let server = serve(&[None, None]);
    let mut options = options(&server.url);
    options.timeout = Duration::from_hours(1);
    let push = Push::start(options).unwrap();
    send(&push, &profile(1));
    server.requests.recv_timeout(PATIENCE).unwrap();
    send(&push, &profile(2));
    let started = Instant::now();
    let report = push.finish(Duration::from_millis(200));
    assert_eq!((report.sent, report.dropped), (0, 2));
    assert!(started.elapsed() < PATIENCE);
}

#[test]
fn what_cannot_be_sent_is_refused_at_the_start() {
    let with = |change: &dyn Fn(&mut PushOptions)| {
        let mut options = PushOptions::new("http://localhost:4040", "app");
        change(&mut options);
        match Push::start(options) {
            Ok(_) => String::new(),
            Err(error) => error.to_string(),
        }
    };
    let tag = |key: &str, value: &str| vec![(key.to_owned(), value.to_owned())];
    assert_eq!(with(&|_| ()), "");
    assert!(with(&|o| o.url = "localhost:4040".into()).contains("`url`"));
    assert!(with(&|o| o.url = "ftp://x".into()).contains("`url`"));
    assert!(with(&|o| o.url = "http://".into()).contains("`url`"));
    assert!(with(&|o| o.application = String::new()).contains("`application`"));
    assert!(with(&|o| o.tags = tag("a", "b}")).contains("`tags`"));
    assert!(with(&|o| o.headers = tag("a b", "c")).contains("`headers`"));
    assert!(with(&|o| o.headers = tag("a", "c\r\nd: e")).contains("`headers`"));
    assert!(with(&|o| o.token = Some("a\nb".into())).contains("`token`"));
    assert!(with(&|o| o.max_queued = 0).contains("`max_queued`"));
}
