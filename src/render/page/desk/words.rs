//! What the desk says in its own voice, each thing in the languages pressroom speaks.

use serde::Serialize;

use crate::domain::{DeliveryState, Health, Locale};

/// Every word of the desk with what it is in English and in Chinese.
macro_rules! words {
    ($($name:ident: $english:literal, $chinese:literal;)*) => {
        /// The words of one language, by what they are for.
        #[derive(Debug, Serialize)]
        pub(super) struct DeskWords { $(pub $name: &'static str),* }
        const ENGLISH: DeskWords = DeskWords { $($name: $english),* };
        const CHINESE: DeskWords = DeskWords { $($name: $chinese),* };
    };
}

words! {
    desk: "Desk", "控制台";
    log_in: "Log in", "登录";
    log_out: "Log out", "退出登录";
    password: "Password", "密码";
    wrong_password: "This is not the password.", "密码不对。";
    too_many_tries: "There were too many tries. Wait an hour, or restart the daemon.", "尝试次数过多。请一小时后再试，或重启守护进程。";
    stale_form: "This form is too old, or not ours. Please try again.", "表单已过期，或并非来自本站。请再试一次。";
    proxy_only: "The proxy before this server did not say who you are, and there is no password.", "前面的代理没有说明您是谁，而这里没有设置密码。";
    overview: "Overview", "总览";
    sources: "Sources", "来源";
    feeds: "Feeds", "订阅源";
    digests: "Digests", "邮件摘要";
    mail: "Mail", "邮件";
    subscribers: "Readers", "读者";
    audit: "Audit", "操作记录";
    parts: "Parts of the desk", "控制台各部分";
    all_is_well: "All is well.", "一切正常。";
    late_one: "One schedule is late", "有 1 个计划任务迟到";
    late_many: "{} schedules are late", "有 {} 个计划任务迟到";
    doubt_one: "one delivery is in doubt", "有 1 封邮件状态存疑";
    doubt_many: "{} deliveries are in doubt", "有 {} 封邮件状态存疑";
    unwell_one: "one source needs attention", "有 1 个来源需要处理";
    unwell_many: "{} sources need attention", "有 {} 个来源需要处理";
    unpublished_one: "one feed has not been published", "有 1 个订阅源尚未发布";
    unpublished_many: "{} feeds have not been published", "有 {} 个订阅源尚未发布";
    and: "; ", "；";
    stop: ".", "。";
    next_slots: "What comes next", "接下来";
    late_slots: "Late", "迟到";
    late: "late", "迟到";
    schedule: "Schedule", "计划任务";
    when: "When", "时间";
    source: "Source", "来源";
    state: "State", "状态";
    days: "New in 14 days", "14 天内新增";
    last_new: "Last news", "最近更新";
    next_visit: "Next visit", "下次读取";
    never: "never", "从未";
    paused: "paused", "已暂停";
    all_sources: "All sources", "全部来源";
    feed: "Feed", "订阅源";
    published: "Last change", "最近变化";
    findings: "Lint findings", "检查发现";
    not_published: "not published", "未发布";
    none: "none", "无";
    outbox: "Outbox", "发件箱";
    nothing_waits: "Nothing waits.", "没有待发邮件。";
    waits_since: "The longest has waited since", "最早一封等待自";
    database: "Database", "数据库";
    as_of: "As of", "截至";
    zone: "Times are in", "时区：";
    who: "Who", "操作者";
    from_where: "From", "来自";
    what: "What", "操作";
    outcome: "Outcome", "结果";
    no_outcome: "not known", "未知";
    nothing_done: "Nothing has been done here yet.", "还没有任何操作。";
    older: "Older", "更早";
    fine: "fine", "正常";
    thin: "thin", "内容残缺";
    empty: "empty", "无内容";
    failing: "failing", "读取失败";
    gone: "gone", "已消失";
    new: "waiting", "待发送";
    sending: "being sent", "发送中";
    sent: "sent", "已发送";
    deferred: "put off", "已推迟";
    failed: "failed", "失败";
    unknown: "in doubt", "存疑";
}

/// The words of `locale`.
pub(super) fn words(locale: Locale) -> &'static DeskWords {
    match locale {
        Locale::English => &ENGLISH,
        Locale::Chinese => &CHINESE,
    }
}

impl DeskWords {
    pub(super) fn health(&self, health: Health) -> &'static str {
        match health {
            Health::Fine => self.fine,
            Health::Thin => self.thin,
            Health::Empty => self.empty,
            Health::Failing => self.failing,
            Health::Gone => self.gone,
        }
    }

    pub(super) fn state(&self, state: DeliveryState) -> &'static str {
        match state {
            DeliveryState::New => self.new,
            DeliveryState::Sending => self.sending,
            DeliveryState::Sent => self.sent,
            DeliveryState::Deferred => self.deferred,
            DeliveryState::Failed => self.failed,
            DeliveryState::Unknown => self.unknown,
        }
    }
}
