//! Section summaries by a model: asked over HTTP, judged, remembered, and never in the way.

use std::sync::{Arc, Mutex};

use chrono::TimeDelta;
use pressroom::app::Wanted;
use pressroom::jobs::compose::Answers;
use pressroom::jobs::report::Composition;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use crate::world::{World, page, parts, prose};

/// What the server does with a question.
#[derive(Clone, Copy)]
enum Act {
    /// Answers with this summary.
    Say(&'static str),
    /// Answers with this status.
    Fail(u16),
    /// Says nothing and keeps the line open.
    Hang,
    /// Answers with something else.
    Babble(&'static str),
}

/// A server that speaks chat completions.
#[derive(Clone)]
struct Server {
    port: u16,
    act: Arc<Mutex<Act>>,
    questions: Arc<Mutex<Vec<String>>>,
}

impl Server {
    async fn start(act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, act: Arc::new(Mutex::new(act)), questions: Arc::default() };
        let handler = server.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                tokio::spawn(handler.clone().serve(socket));
            }
        });
        server
    }

    async fn serve(self, mut socket: TcpStream) {
        let mut request = Vec::new();
        while let Ok(read) = socket.read_buf(&mut request).await {
            let Some(body) = body(&request) else {
                if read == 0 {
                    return;
                }
                continue;
            };
            self.questions.lock().unwrap().push(String::from_utf8(request.clone()).unwrap());
            let act = *self.act.lock().unwrap();
            let (status, answer) = match act {
                Act::Say(summary) => {
                    assert!(body["messages"][1]["content"].as_str().unwrap().len() > 40);
                    let message = serde_json::json!({"role": "assistant", "content": summary});
                    (200, serde_json::json!({"choices": [{"message": message}]}).to_string())
                }
                Act::Fail(status) => (status, String::new()),
                Act::Babble(words) => (200, words.to_owned()),
                Act::Hang => std::future::pending().await,
            };
            let head = format!("HTTP/1.1 {status} x\r\ncontent-length: {}\r\n\r\n", answer.len());
            let _ = socket.write_all((head + &answer).as_bytes()).await;
            request.clear();
        }
    }

    fn asked(&self) -> usize {
        self.questions.lock().unwrap().len()
    }
}

/// The body of a request that is whole.
fn body(request: &[u8]) -> Option<serde_json::Value> {
    let at = request.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    serde_json::from_slice(&request[at..]).ok()
}

fn world(server: &Server) -> World {
    let article =
        format!("<h2>Opening</h2>{}<h2>Afterwards</h2>{}", prose("pier"), prose("new pier"));
    let model = format!(
        "include_updates = true\n[summarize]\nendpoint = \"http://127.0.0.1:{}/v1\"\nmodel = \"small\"\n\
         timeout_seconds = 1",
        server.port
    );
    World::new().with_article("pier.html", page("The New Pier", &article)).with(&model)
}

async fn answers(world: &World) -> Answers {
    let report = world.pass().await;
    match &report.composed[0].outcome {
        Composition::Edition { answers, .. } => answers.clone(),
        other => panic!("{other:?}"),
    }
}

const FAITHFUL: &str = "People waited years for the pier and nobody made a speech.";

#[tokio::test]
async fn a_summary_that_keeps_to_its_section_is_taken_and_asked_for_once() {
    let server = Server::start(Act::Say(FAITHFUL)).await;
    let world = world(&server);
    assert_eq!(answers(&world).await, Answers { taken: 2, ..Answers::default() });
    let (text, html) = parts(&world.mails()[0]);
    let flat = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(flat(&text).matches(FAITHFUL).count(), 2, "{text}");
    assert_eq!(html.matches(FAITHFUL).count(), 2);
    let question = server.questions.lock().unwrap()[0].clone();
    assert!(question.starts_with("POST /v1/chat/completions HTTP/1.1\r\n"), "{question}");
    assert!(question.contains("\"temperature\":0") && question.contains("\"model\":\"small\""));

    // Edited in its title alone, it comes again: the question holds the title, so it is asked anew, once.
    assert_eq!(server.asked(), 2);
    world.wait(TimeDelta::days(1));
    world.pass_over(&Wanted { only: vec!["morning".into()], force: true }).await;
    assert_eq!(server.asked(), 2, "nothing is sent twice");
}

#[tokio::test]
async fn what_brings_in_numbers_names_or_links_is_refused_and_counted() {
    for (summary, word) in [
        ("The pier cost 12 million.", "number"),
        ("The pier was opened by Siemens.", "name"),
        ("Read on at https://ads.example/pier.", "link"),
        ("", "empty"),
    ] {
        let server = Server::start(Act::Say(summary)).await;
        let world = world(&server);
        let Answers { taken, refused, failed } = answers(&world).await;
        assert_eq!((taken, refused.len(), failed.len()), (0, 2, 0), "{summary}");
        assert!(refused[0].contains(word), "{refused:?}");
        let (text, _) = parts(&world.mails()[0]);
        assert!(summary.is_empty() || !text.contains(summary), "the sentences of the text stay");
    }
}

#[tokio::test]
async fn a_model_that_fails_is_in_nobodys_way() {
    for act in [Act::Fail(500), Act::Hang, Act::Babble("{}"), Act::Babble("<html>")] {
        let server = Server::start(act).await;
        let world = world(&server);
        let Answers { taken, refused, failed } = answers(&world).await;
        assert_eq!((taken, refused.len(), failed.len()), (0, 0, 2));
        assert_eq!(world.mails().len(), 1, "the mail goes out all the same");
        let app = world.open().await;
        let asked = server.asked();
        let look = pressroom::jobs::compose::Look::default();
        app.preview("morning", &look).await.unwrap();
        assert_eq!(server.asked(), asked, "a preview asks nobody");
        app.close().await;
    }
}

#[tokio::test]
async fn nothing_is_sent_anywhere_unless_a_model_is_configured() {
    let server = Server::start(Act::Say(FAITHFUL)).await;
    let world = World::new().with_article("pier.html", page("The New Pier", &prose("pier")));
    world.pass().await;
    assert_eq!(server.asked(), 0);
}
