//! Feeds of others: as sources, and by command.

use serde_json::Value;

use crate::world::{World, pressroom, stdout};

const FEED: &str = "<?xml version='1.0'?><rss version='2.0'><channel><title>River</title><link>https://example.org/</link>\
    <item><title>Ice</title><guid isPermaLink='false'>1</guid><pubDate>Mon, 18 Nov 2024 09:30:00 +0100</pubDate>\
    <description>&lt;p&gt;The river froze in the night, and by morning the ferries lay still.&lt;/p&gt;</description></item>\
    <item><title>Thaw</title><guid isPermaLink='false'>2</guid>\
    <description>&lt;p&gt;The river thawed at noon, and the ferries went out again.&lt;/p&gt;</description></item></channel></rss>";

fn normalized(world: &World, feed: impl AsRef<[u8]>) -> Vec<Value> {
    let path = world.path("some.xml");
    std::fs::write(&path, feed).unwrap();
    let output = pressroom(&["normalize", path.to_str().unwrap()]);
    stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_feed_prints_one_line_an_entry_with_its_channel() {
    let lines = normalized(&World::new(), FEED);
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[1]["title"], "Thaw");
    assert_eq!(
        lines[0]["channel"],
        serde_json::json!({"title": "River", "url": "https://example.org/"})
    );
    assert_eq!(lines[0]["published"]["instant"], "2024-11-18T09:30:00+01:00");
}

#[test]
fn a_feed_without_entries_prints_its_channel_alone() {
    let lines = normalized(
        &World::new(),
        "<rss version='2.0'><channel><title>Quiet</title></channel></rss>",
    );
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["channel"], serde_json::json!({"title": "Quiet"}));
    assert_eq!(lines[0].get("id"), None);
}

#[test]
fn a_feed_is_read_in_the_charset_it_really_has() {
    let feed = "<rss version='2.0'><channel><title>河流</title><item><title>夜里河面结了冰，渡船停了</title></item></channel></rss>";
    let declared = |label: &str| format!("<?xml version='1.0' encoding='{label}'?>{feed}");
    let (gb, _, _) = encoding_rs::GB18030.encode(feed);
    let (big5, _, _) =
        encoding_rs::BIG5.encode("<rss><channel><title>河流</title></channel></rss>");
    let big5 = [b"<?xml version='1.0' encoding='big5'?>".as_slice(), &big5].concat();
    let wide = |little: bool| -> Vec<u8> {
        let units = feed.encode_utf16();
        units
            .flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() })
            .collect()
    };
    for bytes in [
        declared("utf-8").into_bytes(),
        declared("utf-16").into_bytes(),
        [b"<?xml version='1.0' encoding='gb2312'?>".as_slice(), &gb].concat(),
        big5,
        wide(true),
        wide(false),
        [b"\xFE\xFF".as_slice(), &wide(false)].concat(),
    ] {
        let lines = normalized(&World::new(), &bytes);
        assert_eq!(lines[0]["channel"]["title"], "河流", "{:?}", String::from_utf8_lossy(&bytes));
    }
}

#[tokio::test]
async fn a_source_of_kind_feed_brings_its_entries_once() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/feed", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        while let Ok((mut socket, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = socket.read(&mut request).await;
            // As text/html, which is what half of the web says.
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                FEED.len()
            );
            let _ = socket.write_all([head.as_bytes(), FEED.as_bytes()].concat().as_slice()).await;
        }
    });
    let source = format!(
        "[[source]]\nname = \"river\"\nkind = \"feed\"\nurl = \"{url}\"\nallow_private = true\n"
    );
    let page = crate::world::page("The New Pier", &crate::world::prose("pier"));
    let world = World::new().with(&source).with_article("pier.html", page);
    let report = world.pass().await;
    assert_eq!((report.new_articles, report.failures.len()), (3, 0), "{:?}", report.failures);
    assert!(world.feed("atom").contains("The river thawed at noon"));
    let again = world.pass().await;
    assert_eq!((again.new_articles, again.changed_articles, again.unchanged_documents), (0, 0, 2));
}

#[tokio::test]
async fn related_items_are_entries_of_their_own_where_the_feed_wants_them() {
    let related = "<aside><h2>Related articles</h2><ul>\
        <li><a href='https://press.example/a'>How the first pier was built</a></li>\
        <li><a href='https://press.example/b'>A night on the breakwater</a></li>\
        <li><a href='https://press.example/c'>Why the harbour master resigned</a></li></ul></aside>";
    let page = crate::world::page("The New Pier", &crate::world::prose("pier"))
        .replace("</body>", &format!("{related}</body>"));
    let feed = "[[feed]]\nname = \"more\"\ntitle = \"More\"\ninclude = \"related\"\n";
    let world = World::new().with(feed).with_article("pier.html", page);
    let report = world.pass().await;
    assert!(report.is_clean(), "{:?}", report.failures);
    let json = std::fs::read_to_string(world.path("feeds/more.json")).unwrap();
    let json: Value = serde_json::from_str(&json).unwrap();
    let items = json["items"].as_array().unwrap();
    let urls: Vec<_> = items.iter().filter_map(|item| item["url"].as_str()).collect();
    assert_eq!(items.len(), 4);
    assert_eq!(
        urls,
        ["https://press.example/a", "https://press.example/b", "https://press.example/c"]
    );
    let ids: std::collections::HashSet<_> = items.iter().map(|item| item["id"].as_str()).collect();
    assert_eq!(ids.len(), 4);
}
