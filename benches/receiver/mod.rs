//! An OTLP/HTTP receiver in a process of its own: the benchmark's program, started again with a word. It answers at once, counts
//! the spans that it is sent, and tells the count to whoever asks with a GET. It ends when its standard input does.

use std::error::Error;
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Sender, channel};
use std::thread;

use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message as _;

/// The argument that makes the program a receiver.
pub(crate) const WORD: &str = "--receive";

/// The other process, as the benchmark holds it.
pub(crate) struct Receiver {
    pub(crate) url: String,
    child: Child,
}

impl Receiver {
    pub(crate) fn start() -> Result<Self, Box<dyn Error>> {
        let mut command = Command::new(std::env::current_exe()?);
        let mut child = command.arg(WORD).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut url = String::new();
        let out = child.stdout.take().ok_or("no output")?;
        BufReader::new(out).read_line(&mut url)?;
        Ok(Self { url: url.trim().to_owned(), child })
    }

    /// The spans that have come.
    pub(crate) fn count(&self) -> Result<usize, Box<dyn Error>> {
        let mut stream = TcpStream::connect(self.url.trim_start_matches("http://"))?;
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer.lines().last().unwrap_or_default().parse()?)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        let _ = self.child.wait();
    }
}

/// What the counting thread is told, in the order of the requests.
enum Told {
    Spans(Vec<u8>),
    Asked(Sender<usize>),
}

/// What the other process does.
pub(crate) fn serve() -> Result<(), Box<dyn Error>> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("http://{}", listener.local_addr()?);
    let (tell, told) = channel();
    thread::spawn(move || count(&told));
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let tell = tell.clone();
            thread::spawn(move || converse(&stream, &tell));
        }
    });
    io::copy(&mut io::stdin(), &mut io::sink())?;
    Ok(())
}

/// Apart, so that no answer waits for it.
fn count(told: &mpsc::Receiver<Told>) {
    let mut count = 0;
    for told in told {
        match told {
            Told::Spans(body) => count += spans(&body),
            // Who has asked may be gone.
            Told::Asked(by) => drop(by.send(count)),
        }
    }
}

/// Answers request after request on one connection.
fn converse(stream: &TcpStream, tell: &Sender<Told>) -> io::Result<()> {
    let (mut reader, mut writer) = (BufReader::new(stream), stream);
    while let Some((asks, body)) = request(&mut reader)? {
        if asks {
            let (by, answer) = channel();
            tell.send(Told::Asked(by)).map_err(io::Error::other)?;
            let count = answer.recv().map_err(io::Error::other)?;
            return write!(writer, "HTTP/1.1 200 OK\r\nconnection: close\r\n\r\n{count}");
        }
        tell.send(Told::Spans(body)).map_err(io::Error::other)?;
        writer.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n")?;
    }
    Ok(())
}

/// Whether it is a GET, and its body; `None` at the end of the connection.
fn request(reader: &mut impl io::BufRead) -> io::Result<Option<(bool, Vec<u8>)>> {
    let (mut line, mut length) = (String::new(), 0);
    if reader.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let asks = line.starts_with("GET ");
    while line != "\r\n" {
        line.clear();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().map_err(io::Error::other)?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some((asks, body)))
}

/// A request that cannot be read counts for nothing, and so is missed.
fn spans(body: &[u8]) -> usize {
    let request = ExportTraceServiceRequest::decode(body).unwrap_or_default();
    let scopes = request.resource_spans.iter().flat_map(|resource| &resource.scope_spans);
    scopes.map(|scope| scope.spans.len()).sum()
}
