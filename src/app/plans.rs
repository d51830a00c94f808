//! Config → schedules by name, and what each sets off.

use std::sync::Arc;

use crate::config::{Config, DigestPlan};
use crate::jobs::ZonedDigest;
use crate::schedule::{Planned, Work};

/// Every schedule of a Config with its name and what it sets off.
pub fn plans(config: &Config) -> Vec<Planned> {
    let schedules = &config.schedules;
    let general = |name: &str, timetable, work| {
        Planned::new(name.to_owned(), timetable, schedules.policy, work)
    };
    let common: Vec<_> = config
        .sources
        .iter()
        .filter(|plan| plan.timetable.is_none())
        .map(|plan| plan.source.clone())
        .collect();
    let mut plans = vec![general("ingest", &schedules.ingest, Work::Ingest(common))];
    for plan in &config.sources {
        if let Some(timetable) = &plan.timetable {
            let work = Work::Ingest(vec![plan.source.clone()]);
            let name = format!("source/{}", plan.source.id);
            plans.push(Planned::new(name, timetable, plan.policy, work));
        }
    }
    plans.push(general("publish", &schedules.publish, Work::Publish));
    for plan in &config.digests {
        for (cadence, timetable) in plan.digest.cadences.iter().zip(&plan.timetables) {
            let work = Work::Compose(Box::new(zoned(plan)), cadence.clone());
            plans.push(Planned::new(cadence.schedule.clone(), timetable, plan.policy, work));
        }
    }
    plans.push(general("deliver", &schedules.deliver, Work::Deliver));
    plans.push(general("maintain", &schedules.maintain, Work::Maintain));
    plans
}

/// The digest of a plan with the zone that it dates things in.
pub(super) fn zoned(plan: &DigestPlan) -> ZonedDigest {
    ZonedDigest {
        digest: plan.digest.clone(),
        zone: plan.zone,
        stationery: Arc::clone(&plan.stationery),
    }
}
