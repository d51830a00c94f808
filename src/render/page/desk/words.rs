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
    late_one: "one schedule is late", "有 1 个计划任务迟到";
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
    before: "Before", "前一页";
    further: "Further", "后一页";
    last_visit: "Last visit", "上次读取";
    being_read: "being read now", "正在读取";
    run_now: "Read it now", "立即读取";
    pause: "Pause", "暂停";
    resume: "Resume", "恢复";
    replay: "Apply today's rules to what was kept", "用当前规则重新处理已保存的文档";
    mend: "Mend it", "修正";
    mend_why: "Say where a field stands, and see on the documents that were kept what would be different. Nothing changes until you save.", "指定某个字段的位置，先在已保存的文档上查看差异；保存之前不会改变任何内容。";
    field: "Field", "字段";
    way: "By", "方式";
    rule: "Rule", "规则";
    script: "In script (json)", "脚本 id（json）";
    try_it: "Try it", "试一试";
    is_new: "New", "新增";
    edited: "Edited", "修改";
    found: "Found", "找到";
    before_it: "Before", "之前";
    after_it: "After", "之后";
    no_difference: "Nothing would be different.", "没有差异。";
    save_it: "Save into the configuration", "保存到配置文件";
    or_copy: "Or copy this into the source's block:", "或将以下内容复制到该来源的配置块中：";
    history: "History", "历史";
    no_visits: "No visit has brought anything yet.", "还没有读取到任何内容。";
    documents: "Documents", "文档";
    choose_document: "Look at another one", "查看其他文档";
    no_documents: "None was kept. Files stay where they are, and are read anew each time.", "没有保存任何文档。文件保持原位，每次都会重新读取。";
    as_fetched: "As it was fetched", "抓取的原文";
    as_article: "The article it became", "生成的文章";
    is_cut: "Only the beginning is shown; characters in all:", "仅显示开头部分；总字符数：";
    its_page: "Its page", "文章页面";
    no_article: "No article was made of it.", "没有由它生成文章。";
    explained: "Which rule found what", "各字段由哪条规则找到";
    value: "Value", "值";
    found_by: "Found by", "规则";
    beaten: "Over", "优先于";
    send_test: "Send a test mail", "发送测试邮件";
    no_operator: "Without site.operator there is nobody to send a test to.", "未设置 site.operator，无法发送测试邮件。";
    next_edition: "The next edition, as it would be now", "下一期（按当前内容）";
    as_digest: "As the digest has it", "按摘要的默认设置";
    stands_in: "Nothing is new: the newest articles stand in.", "没有新内容：以最新文章代替。";
    nothing_for_them: "There is nothing for these readers.", "没有适合这些读者的内容。";
    editions: "Editions", "各期";
    subject: "Subject", "主题";
    articles: "Articles", "文章";
    skipped: "Slots that were passed over", "跳过的时段";
    left_out: "Left out", "未收录";
    over_limit: "more came than the digest takes", "超出数量上限";
    same_story: "the same story is told by another article", "与另一篇文章内容相同";
    story_had: "the story was in an edition before", "此前已刊登过";
    publish_now: "Publish it now", "立即发布";
    no_findings: "Lint has nothing against it.", "检查没有发现问题。";
    deliver_now: "Deliver what waits", "立即发送待发邮件";
    retry_all: "Try all again", "全部重试";
    retry: "Try again", "重试";
    it_came: "It arrived", "已送达";
    it_did_not: "It did not arrive", "未送达";
    address: "Address", "邮箱地址";
    tries: "Tries", "尝试次数";
    not_before: "Not before", "不早于";
    response: "Answer", "服务器答复";
    suppressed: "Addresses that get no mail", "不再发送的地址";
    suppress: "Send it nothing more", "不再发送";
    clear: "Let it subscribe again", "允许再次订阅";
    why: "Why", "原因";
    since: "Since", "自";
    ask_them: "Ask by mail", "发信询问";
    ask_why: "A letter asks whether they want the digest; nobody is put on a list without saying yes.", "系统会来信询问对方是否愿意订阅；未经同意不会加入任何列表。";
    choices: "Choices", "偏好";
    forget: "Forget", "删除";
    nobody: "Nobody yet.", "还没有读者。";
    not_done: "It was not done", "未能完成";
    back: "Back", "返回";
    fine: "fine", "正常";
    wavering: "the last visit failed", "上次读取失败";
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

/// Outcomes as the audit list and the history of a source have them, and in Chinese.
const OUTCOMES: &[(&str, &str)] = &[
    ("paused", "已暂停"),
    ("read again from now on", "已恢复读取"),
    ("saved", "已保存"),
    ("done", "完成"),
    ("asked by mail", "已发信询问"),
    ("forgotten", "已删除"),
    ("gets no more mail", "不再向其发送"),
    ("got no mail already", "此前已不再发送"),
    ("may subscribe again", "可以再次订阅"),
    ("nothing stood against it", "没有任何限制"),
    ("this is no mail address", "这不是邮箱地址"),
    ("it is in hand, or gets no more mail", "正在处理，或已不再向其发送"),
    ("goes on", "正在进行"),
    ("under way already", "已在进行中"),
    ("read", "已读取"),
    ("failed", "失败"),
    ("gone", "已不存在"),
];

/// What was done, in the language of `locale` where it is known in it.
pub(super) fn outcome(outcome: &str, locale: Locale) -> String {
    let known = OUTCOMES.iter().find(|(english, _)| *english == outcome);
    match (known, locale) {
        (Some((_, chinese)), Locale::Chinese) => (*chinese).to_owned(),
        _ => outcome.to_owned(),
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
