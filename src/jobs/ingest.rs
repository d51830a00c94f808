//! Source → Documents → Articles → store: what one look at a source does.

use super::turn::Turn;
use super::{Context, Report};
use crate::domain::Source;
use crate::fetch::{Answer, Place};

/// Reads `source` and takes in what is new; whatever fails is named in the report and stops nothing else.
pub async fn ingest(context: &Context, source: &Source, report: &mut Report) {
    report.sources += 1;
    let mut turn = Turn::new(context, source);
    let found = context.fetcher.places(source);
    for failure in found.failures {
        turn.fail(None, &failure.into());
    }
    for place in &found.places {
        if context.halt.is_asked() {
            report.broken_off = true;
            break;
        }
        visit(&mut turn, place).await;
        turn.write_if_many().await;
    }
    turn.finish(report).await;
}

/// Fetches one place and takes in what it holds.
async fn visit(turn: &mut Turn<'_>, place: &Place) {
    let failed = match turn.fetch(place).await {
        Ok(Answer::Document(fetched)) => turn.take(*fetched).await.err(),
        Ok(Answer::NotModified(_)) => {
            turn.unchanged();
            None
        }
        Ok(Answer::Gone) => Some(Turn::gone(place)),
        Err(error) => Some(error),
    };
    if let Some(error) = failed {
        turn.fail(Some(place.reference()), &error);
    }
}
