"""772–777, 779, 788–799 and 875–887: what the HTTP service says, what stops its start."""

from __future__ import annotations

from zhunru.codes.entry import Code, refusals

_NOTHING_DONE = (
    "请求没有办理；不说清楚，对方就会当成已经办了或者被拒绝了。",
    "nothing was carried out; without a word the caller would take it for done or refused",
)


_code = refusals(_NOTHING_DONE)

CODES: tuple[Code, ...] = (
    _code(
        875,
        "service-file-unreadable",
        "“{path}”不能用：{problem_zh}",
        "`{path}` cannot be used: {problem_en}",
        "请按文档 docs/service.md 改正后再启动。",
        "mend it as docs/service.md says, then start again",
        (
            "带着读不懂的口令或者配置启动，谁能进来就说不清了。",
            "a service that starts with settings it cannot read may let in anybody",
        ),
    ),
    _code(
        876,
        "page-token-of-another-search",
        "翻页标记与这次查询不符，或者已经失效",
        "the page token belongs to another search, or is no longer valid",
        "翻页时除标记外都与第一次查询一字不差；否则从第一页查起。",
        "keep everything but the token as it was, or begin with the first page",
        (
            "换了条件接着翻页，得到的是两次查询拼成的结果。",
            "going on under other conditions would mix two searches",
        ),
    ),
    _code(
        877,
        "approval-not-verifiable",
        "申请或者批准的凭据不能核实：{problem_zh}",
        "the proof of the denial or approval cannot be verified: {problem_en}",
        "请原样带回系统给出的凭据；已经过期的，重新判定一次。",
        "return the proof as it was given; if it has expired, evaluate again",
        (
            "凭据不核实，一次批准就可以挪给别的事项用。",
            "an approval that is not verified could be used for something else",
        ),
    ),
    _code(
        878,
        "open-to-others-without-tokens",
        "没有口令文件，只能在本机（127.0.0.1）提供服务，不能监听“{host}”",
        "without a file of tokens the service listens on this machine only, not on `{host}`",
        "用 --tokens 指定口令文件，或者去掉 --host。",
        "give a file with --tokens, or leave out --host",
        (
            "没有口令就对外开放，谁都可以办理和发布。",
            "anybody could act and publish",
        ),
    ),
    _code(
        879,
        "service-parts-missing",
        "没有安装所需的组件“{name}”",
        "the part `{name}` that is needed is not installed",
        "请在程序文件夹里执行：pip install '.[{extra}]'",
        "in the folder of the program run: pip install '.[{extra}]'",
    ),
    _code(
        884,
        "no-such-address",
        "没有“{path}”这个地址",
        "there is nothing at `{path}`",
        "可用的地址见 /openapi.json。",
        "see /openapi.json for what there is",
    ),
    _code(
        885,
        "method-not-allowed",
        "这个地址不接受 {method}",
        "{method} is not possible here",
        "请改用：{allowed}",
        "use {allowed}",
    ),
    _code(
        886,
        "request-too-large",
        "请求过大：{what_zh}",
        "the request is too large: {what_en}",
        "请分成几次发送。",
        "send it in several parts",
        (
            "不设上限，一个请求就能拖垮整个服务。",
            "without bounds one request could exhaust the service",
        ),
    ),
    _code(
        887,
        "wrong-content-type",
        "请求的内容类型应为 {wanted}",
        "the content type of the request has to be {wanted}",
        "请写明 Content-Type。",
        "say so in Content-Type",
    ),
    _code(
        772,
        "not-http",
        "读不懂这个请求：地址、头的写法不合 HTTP/1.1，或者太长",
        "this request cannot be read: its address or a header is no HTTP/1.1, or too long",
        "地址里的中文、空格要写成 %E5%A8%81 这样，curl 用 -G --data-urlencode 'q=宣传'；"
        "头至多 64 KiB。",
        "write what is not ASCII, and blanks, in an address as %E5%A8%81 (with curl: -G "
        "--data-urlencode 'q=…'); a head holds at most 64 KiB",
    ),
    _code(
        773,
        "body-encoded",
        "请求的正文用“{coding}”压缩了，本服务不收压缩的正文",
        "the body of the request is encoded as `{coding}`, which is not read here",
        "请去掉 Content-Encoding，把正文原样发来。",
        "send the body as it is, without Content-Encoding",
        (
            "几千字节就能解出几十亿字节，一个请求便能占满内存。",
            "a few thousand bytes may unpack to thousands of millions, and fill all memory",
        ),
    ),
    _code(
        774,
        "member-unknown",
        "请求里不收“{name}”",
        "a request has no `{name}`",
        "{hint_zh}",
        "{hint_en}",
        (
            "名称差一个字的项如果略过，按的就是别的日子、别的规则集，对方看不出来。",
            "a name that is slightly wrong would do nothing: another day, another set, unnoticed",
        ),
    ),
    _code(
        775,
        "not-utf-8",
        "请求的正文不是 UTF-8 编码：第 {byte} 个字节读不了",
        "the body of the request is not UTF-8: byte {byte} cannot be read",
        "请把正文转成 UTF-8 再发；GB18030、GBK、UTF-16 的不收，写了 charset 也一样。",
        "send the body as UTF-8; GB18030, GBK and UTF-16 are not taken, whatever charset is named",
        (
            "猜编码会把人名、地名读成别的字。",
            "guessing an encoding would turn names into other names",
        ),
    ),
    _code(
        776,
        "not-there",
        "没有{what_zh}“{name}”",
        "there is no {what_en} `{name}`",
        "{hint_zh}",
        "{hint_en}",
    ),
    _code(
        777,
        "decision-not-recorded",
        "判定没有记入日志，所以不作数：{reason}",
        "the decision could not be put on record, so it does not count: {reason}",
        "请管理员看日志所在的盘满了没有、能不能写；腾出空间以后不用重启，原样再问一次。",
        "have it looked at whether the disk of the log is full or cannot be written; once there is "
        "room, ask again",
        (
            "答了而没有记下的判定，事后无从核对。",
            "a decision that was told and not recorded could never be accounted for",
        ),
    ),
    _code(
        779,
        "disk-not-written",
        "磁盘写不下，没有存下：{reason}",
        "the disk cannot be written, nothing was kept: {reason}",
        "请管理员看草案的文件夹：写满了的腾出空间，只读、没有权限的改正；不用重启，原样再交一次。",
        "have room made, or the folder of drafts made writable; there is no need to restart; "
        "then hand it in again",
    ),
    _code(
        788,
        "member-missing",
        "请求缺少“{name}”",
        "`{name}` is missing from the request",
        "请补上这一项。",
        "add it",
    ),
    _code(
        789,
        "member-of-wrong-kind",
        "“{name}”应为{wanted_zh}",
        "`{name}` has to be {wanted_en}",
        "请改正这一项。",
        "mend it",
    ),
    _code(
        790,
        "not-authenticated",
        "没有出示有效的口令",
        "no valid token was presented",
        "请在 Authorization 中写 Bearer 和口令；口令过期的，请管理员另发。",
        "send `Authorization: Bearer TOKEN`; ask for a new one if it has expired",
    ),
    _code(
        791,
        "not-permitted",
        "口令没有“{scope}”的权限",
        "the token does not carry `{scope}`",
        "请管理员发给带有这项权限的口令。",
        "ask for a token that carries it",
    ),
    _code(
        792,
        "too-many-requests",
        "请求过于频繁",
        "too many requests",
        "请在 {seconds} 秒后再试。",
        "try again in {seconds} seconds",
        (
            "不限频次，一个系统就能占满服务，别的单位都办不了。",
            "one caller could keep all others from being served",
        ),
    ),
    _code(
        793,
        "took-too-long",
        "{seconds} 秒内没有办完",
        "it was not done within {seconds} seconds",
        "请缩小范围再试；办件命令可以用同一编号重发。",
        "ask for less; a command may be sent again under the same key",
    ),
    _code(
        794,
        "not-for-this-service",
        "这项服务没有启用：{what_zh}",
        "this is not enabled here: {what_en}",
        "请管理员按 docs/service.md 启用。",
        "have it enabled as docs/service.md says",
    ),
    _code(
        795,
        "second-person-needed",
        "“{who}”不能{what_zh}自己提交的草案",
        "`{who}` cannot {what_en} a draft of their own",
        "请由另一个人办理。",
        "have somebody else do it",
        (
            "一个人既起草又批准，发布就没有人复核。",
            "nobody would have checked what is published",
        ),
    ),
    _code(
        796,
        "bundle-not-genuine",
        "发布包“{name}”的签名或者内容不符：{problem_zh}",
        "the bundle `{name}` is not genuine: {problem_en}",
        "请用原来的发布包，或者重新发布。",
        "use the original bundle, or publish again",
        (
            "签名不符的规则可能被人改过，不能拿来判定。",
            "rules whose signature does not hold may have been changed by anybody",
        ),
    ),
    _code(
        797,
        "draft-not-ready",
        "草案“{name}”现在不能{what_zh}：{problem_zh}",
        "draft `{name}` cannot be {what_en} now: {problem_en}",
        "请先办完前一步。",
        "finish the step before first",
    ),
    _code(
        798,
        "log-line-unreadable",
        "判定日志第 {line} 行不能核对：{problem_zh}",
        "line {line} of the decision log cannot be derived again: {problem_en}",
        "请提供当时的规则集版本和完整的日志。",
        "give the version of the set of that time and the whole log",
        (
            "日志里有一行推不出来，就不能说当时的判定都有依据。",
            "as long as one line cannot be derived, not every decision is accounted for",
        ),
    ),
    _code(
        799,
        "decision-derived-otherwise",
        "判定日志第 {line} 行重推的结果不同：“{name}”记为“{before}”，重推为“{after}”",
        "line {line} of the decision log comes out otherwise: `{name}` is `{before}` on record "
        "and `{after}` now",
        "请核对日志有没有被改动，程序版本有没有变化。",
        "see whether the log was changed, or the program",
        (
            "同样的事实、同样的规则，应当得出同样的结论。",
            "the same facts and rules have to give the same decision",
        ),
    ),
)
