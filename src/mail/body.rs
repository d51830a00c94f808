//! The body of a Message in MIME, encoded once for all of its mails. What is a reader's own has slots in it: the runs between
//! them are encoded on their own, so that nothing of them is touched again (RFC 2045 §6.7, §6.8).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use lettre::message::Body as Encoded;
use lettre::message::header::ContentTransferEncoding::QuotedPrintable;

use super::dkim::{BodyHash, relaxed};
use crate::domain::{Message, READER_TOKEN};

/// Plain text whose broken lines flow again (RFC 3676). What is written without spaces at its line ends is shown as it is.
const PLAIN: &str = "text/plain; charset=utf-8; format=flowed; delsp=yes";
const HTML: &str = "text/html; charset=utf-8";
/// RFC 2045 §6.7: a line of quoted-printable has 76 characters at most, the `=` of a soft line break among them.
const LINE: usize = 76;
/// Bytes that make a line in base64.
const BASE64_LINE: usize = LINE / 4 * 3;

/// A body with slots.
#[derive(Debug)]
pub(super) struct Body(Vec<Piece>);

#[derive(Debug)]
enum Piece {
    /// The same for everybody.
    Fixed {
        bytes: Vec<u8>,
        /// What a signature hashes, where that differs.
        relaxed: Option<Vec<u8>>,
    },
    /// The reader's token, on lines of its own between soft line breaks.
    Token,
    /// The end of a part in base64 from the last whole line before a token on, as the runs between tokens.
    Tail(Vec<Vec<u8>>),
}

impl Body {
    /// Both parts of `message` as alternatives; the boundary can stand in neither, since no encoding writes `=_`.
    pub(super) fn of(message: &Message, boundary: &str) -> Self {
        let mut writer = Writer::default();
        for (kind, text) in [(PLAIN, &message.text), (HTML, &message.html)] {
            writer.fixed(&format!("--{boundary}\r\nContent-Type: {kind}\r\n"));
            writer.part(text);
        }
        writer.fixed(&format!("--{boundary}--\r\n"));
        writer.close();
        Self(writer.pieces)
    }

    /// Writes the body for the reader whom `token` stands for, and says what a signature needs to know of it.
    pub(super) fn write(&self, token: &str, out: &mut Vec<u8>) -> BodyHash {
        let mut hash = BodyHash::default();
        for piece in &self.0 {
            let begin = out.len();
            match piece {
                Piece::Fixed { bytes, relaxed } => {
                    out.extend_from_slice(bytes);
                    hash.add(relaxed.as_ref().unwrap_or(bytes));
                    continue;
                }
                Piece::Token => {
                    for line in token.as_bytes().chunks(LINE - 1) {
                        out.extend_from_slice(line);
                        out.extend_from_slice(b"=\r\n");
                    }
                }
                Piece::Tail(runs) => base64(&runs.join(token.as_bytes()), out),
            }
            hash.add(&out[begin..]);
        }
        hash
    }
}

#[derive(Default)]
struct Writer {
    pieces: Vec<Piece>,
    /// Not a piece yet.
    run: Vec<u8>,
}

impl Writer {
    fn fixed(&mut self, text: &str) {
        self.run.extend_from_slice(text.as_bytes());
    }

    /// A slot; it stands at the beginning of a line, and so does what follows.
    fn slot(&mut self, slot: Piece) {
        self.close();
        self.pieces.push(slot);
    }

    fn close(&mut self) {
        let bytes = std::mem::take(&mut self.run);
        let relaxed = Some(relaxed(&bytes)).filter(|relaxed| *relaxed != bytes);
        self.pieces.push(Piece::Fixed { bytes, relaxed });
    }

    /// In whichever encoding is shorter: each byte beyond ASCII costs three characters in quoted-printable, and any 4/3 in base64.
    fn part(&mut self, text: &str) {
        let text = with_crlf(text);
        let costly = text
            .bytes()
            .filter(|byte| !matches!(byte, b' '..=b'~' | b'\r' | b'\n') || *byte == b'=');
        if costly.count() * 6 > text.len() {
            self.fixed("Content-Transfer-Encoding: base64\r\n\r\n");
            self.in_base64(text.as_bytes());
        } else {
            self.fixed("Content-Transfer-Encoding: quoted-printable\r\n\r\n");
            self.in_quoted_printable(&text);
        }
        self.fixed("\r\n");
    }

    fn in_quoted_printable(&mut self, text: &str) {
        for (index, run) in text.split(READER_TOKEN).enumerate() {
            if index > 0 {
                self.soft_break();
                self.slot(Piece::Token);
            }
            let run = Encoded::new_with_encoding(run.to_owned(), QuotedPrintable);
            let run = run.expect("any text can be written in quoted-printable").into_vec();
            let run = String::from_utf8(run).expect("quoted-printable is ASCII");
            // RFC 2049 §3: a lone dot ends the mail for whoever in between reads badly.
            let lines = run.split("\r\n").map(|line| if line == "." { "=2E" } else { line });
            self.fixed(&lines.collect::<Vec<_>>().join("\r\n"));
        }
    }

    fn soft_break(&mut self) {
        let begin = self.run.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
        if self.run.len() - begin >= LINE {
            // No room for the `=`: the last character goes to a line of its own.
            let is_escaped = self.run[self.run.len() - 3] == b'=';
            let last = self.run.split_off(self.run.len() - if is_escaped { 3 } else { 1 });
            self.fixed("=\r\n");
            self.run.extend_from_slice(&last);
        }
        self.fixed("=\r\n");
    }

    fn in_base64(&mut self, text: &[u8]) {
        let token = READER_TOKEN.as_bytes();
        let Some(first) = text.windows(token.len()).position(|bytes| bytes == token) else {
            return base64(text, &mut self.run);
        };
        let (lines, tail) = text.split_at(first - first % BASE64_LINE);
        if !lines.is_empty() {
            base64(lines, &mut self.run);
            self.fixed("\r\n");
        }
        let runs = tail.split(|byte| *byte == token[0]).map(<[u8]>::to_vec).collect();
        self.slot(Piece::Tail(runs));
    }
}

/// Lines of base64, the last one without its end.
fn base64(bytes: &[u8], out: &mut Vec<u8>) {
    for (index, line) in bytes.chunks(BASE64_LINE).enumerate() {
        if index > 0 {
            out.extend_from_slice(b"\r\n");
        }
        let begin = out.len();
        out.resize(begin + line.len().div_ceil(3) * 4, 0);
        STANDARD.encode_slice(line, &mut out[begin..]).expect("it has been given that much room");
    }
}

/// Line ends as mail has them.
fn with_crlf(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\n', "\r\n")
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;

    use super::*;
    use crate::domain::{Language, MessageId, MessageKind};

    fn message(text: &str, html: &str) -> Message {
        Message {
            id: MessageId::derive(&["m"]),
            kind: MessageKind::Test,
            subject: "Subject".into(),
            language: Language::english(),
            text: text.into(),
            html: html.into(),
            list: None,
        }
    }

    /// The body for `token`, its lines looked at; and its hash.
    fn written(message: &Message, token: &str) -> (String, String) {
        let mut bytes = Vec::new();
        let hash = Body::of(message, "=_b").write(token, &mut bytes);
        let body = String::from_utf8(bytes).unwrap();
        assert!(body.is_ascii() && body.lines().all(|line| line.len() <= LINE), "{body}");
        (body, hash.end())
    }

    #[test]
    fn every_reader_reads_the_text_with_a_token_of_ones_own() {
        let texts: Vec<String> = (0..160)
            .map(|at| {
                format!(
                    "{}{READER_TOKEN} = {}  \n.\n{READER_TOKEN}",
                    "x".repeat(at),
                    "é".repeat(at / 9)
                )
            })
            .chain(
                (0..60).map(|at| format!("{}{READER_TOKEN}后{READER_TOKEN}\n\n", "报".repeat(at))),
            )
            .chain(["无".into(), String::new(), "é\t \n".into()])
            .collect();
        for text in &texts {
            for token in ["t", "to", "tok", &"t0ken".repeat(40)] {
                let (body, _) = written(&message(text, text), token);
                let mail =
                    format!("Content-Type: multipart/alternative; boundary=\"=_b\"\r\n\r\n{body}");
                let read = MessageParser::default().parse(mail.as_bytes()).unwrap();
                let expected = text.replace(READER_TOKEN, token).replace('\n', "\r\n");
                let parts = [read.body_text(0).unwrap(), read.body_html(0).unwrap()];
                assert_eq!(parts, [expected.clone(), expected], "{body}");
            }
        }
    }

    #[test]
    fn the_hash_is_that_of_the_whole_body() {
        for text in ["one  two \t\n\n x\u{1a}  y =\n", "一  二\u{1a}三 \u{1a} 四\n\n"] {
            let (body, hash) = written(&message(text, text), "t0ken");
            let mut whole = BodyHash::default();
            whole.add(&relaxed(body.as_bytes()));
            assert_eq!(hash, whole.end());
        }
    }
}
