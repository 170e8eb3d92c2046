//! `profiler top`, in a pipe and on a terminal.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::child::{Child, may_record};
use crate::sandbox::sandbox;

#[test]
fn in_a_pipe_a_table_is_printed_at_every_interval() {
    if !may_record("auto") {
        return;
    }
    let child = Child::start("split", 120.0);
    let sandbox = sandbox();
    let mut top = sandbox.start(["top", "-p", &child.pid(), "--interval", "500ms"]);
    let mut lines = BufReader::new(top.stdout.take().expect("a pipe")).lines();
    let mut next = || lines.next().expect("it goes on").expect("it is text");
    let mut has_row = false;
    for _ in 0..3 {
        while !next().contains("self now") {}
        loop {
            let row = next();
            if row.is_empty() {
                break;
            }
            has_row |= row.ends_with("::kernel::sieve_primes") && row.matches('±').count() == 4;
        }
    }
    assert!(has_row, "it is at work");
    kill_process(Pid::from_child(&top), Signal::INT).expect("it lives");
    // To its end, as it is no error to print what nobody reads.
    lines.for_each(drop);
    let ran = sandbox
        .seen(top.wait_with_output().expect("it ends"))
        .exits_with(0);
    assert!(
        ran.stderr.contains("every share is good to"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_a_failing_command_says_is_shown_at_the_end() {
    if !may_record("auto") {
        return;
    }
    let script = "echo $((40 + 2)); echo it broke >&2; i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done; exit 4";
    let ran = sandbox().run_args(["top", "--interval", "100ms", "--", "sh", "-c", script]);
    let ran = ran.exits_with(0);
    assert!(ran.stderr.contains("it broke\n"), "{}", ran.stderr);
    assert!(!ran.stdout.contains("42\n"), "{}", ran.stdout);
}

/// A terminal that nobody sits at.
struct Terminal {
    socket: tempfile::TempDir,
}

impl Terminal {
    /// Opens it with a shell, or says that there is no tmux.
    fn open() -> Option<Self> {
        let terminal = Self {
            socket: tempfile::tempdir().expect("a temporary folder"),
        };
        let size = [
            "new-session",
            "-d",
            "-x",
            "100",
            "-y",
            "20",
            "env PS1='$ ' sh",
        ];
        let started = terminal.tmux(&size);
        if started.is_none() {
            println!("skipped: there is no tmux");
        }
        started.map(|_| terminal)
    }

    fn tmux(&self, args: &[&str]) -> Option<String> {
        let output = Command::new("tmux")
            .arg("-S")
            .arg(self.socket.path().join("socket"))
            .args(["-f", "/dev/null"])
            .args(args)
            .stdin(Stdio::null())
            .output()
            .ok()?;
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        Some(String::from_utf8(output.stdout).expect("UTF-8"))
    }

    /// Runs `profiler top` in place of the shell, and returns its number when it shows
    /// something.
    fn start_top(&self, pid: &str) -> Pid {
        let command = format!("exec {} top -p {pid}", env!("CARGO_BIN_EXE_profiler"));
        self.press(&[&command, "Enter"]);
        self.await_screen("the table", |screen| screen.contains("sieve_primes"));
        let pid = self.tmux(&["display-message", "-p", "#{pane_pid}"]);
        let pid = pid.expect("it was there").trim().parse().ok();
        pid.and_then(Pid::from_raw)
            .expect("the number of a process")
    }

    fn press(&self, keys: &[&str]) {
        self.tmux(&[&["send-keys"], keys].concat());
    }

    /// Waits until the screen shows what it should.
    fn await_screen(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        loop {
            let screen = self.tmux(&["capture-pane", "-p"]).expect("it was there");
            if is_so(&screen) {
                return screen;
            }
            assert!(
                start.elapsed() < Duration::from_mins(1),
                "{what}:\n{screen}"
            );
            thread::sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

/// A key that arrives together with a new size of the window is easily overlooked.
#[test]
fn a_key_pressed_while_the_window_changes_its_size_is_heard() {
    if !may_record("auto") {
        return;
    }
    // The terminal is closed first: without its program it would close itself.
    let child = Child::start("split", 120.0);
    let Some(terminal) = Terminal::open() else {
        return;
    };
    let top = terminal.start_top(&child.pid());
    for is_paused in [true, false].repeat(10) {
        kill_process(top, Signal::WINCH).expect("it lives");
        terminal.press(&["p"]);
        terminal.await_screen("the key's effect", |screen| {
            screen.contains("paused") == is_paused
        });
    }
}

#[test]
fn on_a_terminal_it_is_live_and_leaves_it_as_it_was() {
    if !may_record("auto") {
        return;
    }
    let Some(terminal) = Terminal::open() else {
        return;
    };
    let child = Child::start("split", 120.0);
    let command = format!(
        "echo before; {} top -p {}",
        env!("CARGO_BIN_EXE_profiler"),
        child.pid()
    );
    let start = |command: &str| {
        terminal.press(&[command, "Enter"]);
        terminal.await_screen("the table", |screen| screen.contains("sieve_primes"))
    };
    let screen = start(&command);
    assert!(
        screen.contains("1 self now") && screen.contains("a CPU second"),
        "{screen}"
    );
    assert!(!screen.contains("before"), "{screen}");

    terminal.press(&["t"]);
    terminal.await_screen("threads", |screen| screen.contains("child::workload ("));
    terminal.press(&["t", "?"]);
    terminal.await_screen("help", |screen| screen.contains("sort by this column"));
    terminal.press(&["?", "p"]);
    terminal.await_screen("pause", |screen| screen.contains("paused"));
    terminal.tmux(&["resize-window", "-x", "60", "-y", "10"]);
    terminal.await_screen("narrow", |screen| screen.contains("1 s now"));
    terminal.tmux(&["resize-window", "-x", "100", "-y", "20"]);
    terminal.await_screen("wide again", |screen| screen.contains("1 self now"));

    let gave_back = |screen: &str| {
        screen.contains("before")
            && screen.trim_end().ends_with('$')
            && !screen.contains("self now")
    };
    terminal.press(&["q"]);
    let screen = terminal.await_screen("the shell after q", gave_back);
    assert!(screen.contains("every share is good to"), "{screen}");

    terminal.press(&["clear", "Enter"]);
    start(&command);
    terminal.press(&["C-c"]);
    terminal.await_screen("the shell after Ctrl-C", gave_back);

    terminal.press(&["clear", "Enter"]);
    start(&format!(
        "echo before; timeout --foreground -s TERM 3 {}",
        &command["echo before; ".len()..]
    ));
    let screen = terminal.await_screen("the shell after SIGTERM", gave_back);
    // What is typed is seen again.
    terminal.press(&["echo mended", "Enter"]);
    terminal.await_screen(&screen, |screen| screen.contains("$ echo mended\nmended"));
}
