//! `profiler record --push`, to a server that this test is.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{self, Receiver};
use std::thread;
use std::time::Duration;

use crate::child::{Child, may_record};
use crate::sandbox::{refusal, sandbox};

/// What a client sent: the first line and the headers, then the content.
struct Request {
    head: String,
    content: Vec<u8>,
}

/// Answers every request with 200 and hands it on.
fn server() -> (String, Receiver<Request>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it is bound"));
    let (sender, requests) = mpsc::channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let request = answer(&stream.expect("a connection"));
            if sender.send(request).is_err() {
                return;
            }
        }
    });
    (url, requests)
}

fn answer(mut stream: &TcpStream) -> Request {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let n = reader.read_line(&mut head).expect("HTTP is text");
        assert_ne!(n, 0, "cut off after {head}");
    }
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length")
            .then(|| value.trim().parse())
    });
    let length = length.expect("the length is told").expect("it is a number");
    let mut content = vec![0; length];
    reader
        .read_exact(&mut content)
        .expect("as much as was told");
    let done = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    stream.write_all(done).expect("it waits for an answer");
    Request { head, content }
}

#[test]
fn every_interval_is_sent_and_the_rest_at_the_end() {
    if !may_record("auto") {
        return;
    }
    let (url, requests) = server();
    let child = Child::start("split", 60.0);
    let sandbox = sandbox();
    let mut command = sandbox.command();
    let line = format!(
        "record -p {} -d 2.5 -r 500 --push {url} --push-interval 1 --push-name shop \
         --push-tag region=eu --push-tag tier=2",
        child.pid()
    );
    command
        .args(line.split_whitespace())
        .env("PYROSCOPE_AUTH_TOKEN", "secret");
    let ran = sandbox.seen(command.output().expect("it can be started"));
    let ran = ran.exits_with(0);
    assert!(sandbox.names().is_empty(), "no file was asked for");
    let requests: Vec<Request> = requests.try_iter().collect();
    // Two whole intervals and a half; one in which the workload got no processor is not
    // sent.
    assert!((1..=3).contains(&requests.len()), "{}", ran.stderr);
    let sent = format!("Sent {} profile", requests.len());
    assert!(ran.stderr.contains(&sent), "{}", ran.stderr);
    for Request { head, content } in requests {
        assert!(head.starts_with("POST /ingest?"), "{head}");
        assert!(head.contains("shop"), "{head}");
        assert!(head.contains("region") && head.contains("tier"), "{head}");
        let is_known = head
            .lines()
            .any(|line| line.eq_ignore_ascii_case("authorization: bearer secret"));
        assert!(is_known, "{head}");
        // The first bytes of gzip, which pprof is packed by.
        assert!(
            content.windows(2).any(|bytes| bytes == [0x1f, 0x8b]),
            "{head}"
        );
    }
}

#[test]
fn a_server_that_is_away_is_told_and_the_file_written() {
    if !may_record("auto") {
        return;
    }
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        listener.local_addr().expect("it is bound").port()
    };
    let child = Child::start("split", Duration::from_mins(1).as_secs_f64());
    let sandbox = sandbox();
    let line = format!(
        "record -p {} -d 1.2 --push http://127.0.0.1:{port} --push-interval 1 -o a.json",
        child.pid()
    );
    let ran = sandbox.run(&line).exits_with(0);
    assert!(ran.stderr.contains("could not be sent"), "{}", ran.stderr);
    assert!(sandbox.profile("a.json").total().as_samples() > 20);
}

#[test]
fn what_cannot_be_sent_is_refused_before_anything_is_recorded() {
    for (line, option) in [
        ("--push nowhere", "--push:"),
        ("--push http://a --push-interval 0.1", "--push-interval:"),
        ("--push http://a --push-tag region", "--push-tag:"),
        ("--push http://a --push-tag a={}", "--push-tag:"),
        ("--push http://a --push-name a,b", "--push-name:"),
    ] {
        let said = refusal(&format!("record --pid 1 -o a.svg {line}"));
        assert!(said.contains(&format!("is not a valid {option}")), "{said}");
    }
}
