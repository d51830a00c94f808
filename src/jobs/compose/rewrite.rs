//! Section summaries by a model, where the operator named one: asked once for each text, judged, and otherwise the sentences
//! of the text stay.

use std::time::Duration;

use super::super::Context;
use super::ComposeError;
use super::choose::Chosen;
use crate::domain::Article;
use crate::llm::{Model, Question};
use crate::store::answers;
use crate::summarize;

/// Failures until the model is left alone for this Edition: each may cost the whole time limit.
const PATIENCE: usize = 3;
/// All questions of one Edition together take no longer; its readers wait.
const WHOLE_TIME: Duration = Duration::from_mins(10);
/// Below this, a Section is as short as its summary would be: what is sent need not be.
const SHORT: usize = 2;

/// Characters of a Section that are sent; small models read no more at once.
const MOST_SENT: usize = 12_000;

/// What became of the questions of one Edition.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Summaries that were taken.
    pub taken: usize,
    /// Refused, since they brought in what the text does not say; why, each time.
    pub refused: Vec<String>,
    /// No answer; why, each time.
    pub failed: Vec<String>,
}

/// Puts the model's summaries in the place of those that were extracted. Without `asks`, only what was answered before.
pub(super) async fn rewrite(
    context: &Context,
    chosen: &mut [Chosen],
    asks: bool,
) -> Result<Answers, ComposeError> {
    let mut answers = Answers::default();
    let Some(model) = &context.model else { return Ok(answers) };
    let asking = Asking { context, model, asks };
    let all = async {
        for article in chosen.iter_mut().map(|one| &mut one.stored.article) {
            for index in 0..article.sections.len() {
                asking.section(article, index, &mut answers).await?;
            }
        }
        Ok::<(), ComposeError>(())
    };
    match tokio::time::timeout(WHOLE_TIME, all).await {
        Ok(ended) => ended?,
        Err(_) => answers.failed.push("the model took too long over the whole edition".into()),
    }
    Ok(answers)
}

struct Asking<'a> {
    context: &'a Context,
    model: &'a Model,
    asks: bool,
}

impl Asking<'_> {
    async fn section(
        &self,
        article: &mut Article,
        index: usize,
        answers: &mut Answers,
    ) -> Result<(), ComposeError> {
        let section = &article.sections[index];
        // What has no summary has nothing to summarize.
        let Some(extracted) = &section.summary else { return Ok(()) };
        let text: String = summarize::prose_of(section).chars().take(MOST_SENT).collect();
        if text.len() < extracted.text().len() * SHORT {
            return Ok(());
        }
        let question = Question {
            title: &article.title,
            heading: section.heading.as_deref(),
            text: &text,
            language: article.language.as_ref(),
        };
        match self.answer(&question, answers).await? {
            Some(Ok(summary)) => {
                answers.taken += 1;
                let written = summarize::by_model(&summary, article.language.as_ref(), index);
                article.sections[index].summary =
                    written.or(article.sections[index].summary.take());
            }
            Some(Err(refusal)) => answers.refused.push(refusal),
            None => {}
        }
        Ok(())
    }

    /// The summary, or why it was refused; `None` where there is no answer.
    async fn answer(
        &self,
        question: &Question<'_>,
        answers: &mut Answers,
    ) -> Result<Option<Result<String, String>>, ComposeError> {
        let hash = self.model.hash(question);
        let known = {
            let mut lease = self.context.store.read().await?;
            answers::get(&mut lease.conn(), &hash).await?
        };
        if known.is_some() || !self.asks || answers.failed.len() >= PATIENCE {
            return Ok(known);
        }
        let summary = match self.model.summarize(question).await {
            Ok(summary) => summary,
            Err(error) => {
                answers.failed.push(error.to_string());
                return Ok(None);
            }
        };
        let heading = question.heading.unwrap_or_default();
        let whole = format!("{}\n{heading}\n{}", question.title, question.text);
        let judged = summarize::check(&summary, &whole, self.model.budget());
        let judged = judged.map(|()| summary).map_err(|refusal| refusal.to_string());
        let kept = judged.as_deref().map_err(String::as_str);
        let mut tx = self.context.store.begin().await?;
        answers::put(&mut tx.conn(), &hash, kept, self.context.clock.now()).await?;
        tx.commit().await?;
        Ok(Some(judged))
    }
}
