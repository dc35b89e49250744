"""What `zhunru serve`, `zhunru token` and `zhunru replay` say, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "serve": (
        "以 HTTP 提供判定、办件和发布。规则集写作 租户=规则集 时，归该租户所有。",
        "Serve decisions, cases and publishing over HTTP. A set as TENANT=SET is that tenant's.",
    ),
    "serve.store": (
        "办件库的地址；有几个租户时其中写 {tenant}。",
        "The address of the cases; with several tenants it contains {tenant}.",
    ),
    "serve.host": ("监听的地址。", "The address to listen at."),
    "serve.port": ("监听的端口。", "The port to listen at."),
    "serve.tokens": (
        "口令文件（zhunru token 生成）；没有它只在本机提供服务。",
        "The file of tokens (see zhunru token); without it only this machine is served.",
    ),
    "serve.issuers": ("身份提供方（OIDC）文件。", "The file of identity providers (OIDC)."),
    "serve.hooks": ("外送通知（webhook）文件。", "The file of webhooks."),
    "serve.log": ("判定日志的文件夹。", "The folder of the decision logs."),
    "serve.drafts": ("草案和发布包的文件夹。", "The folder of drafts and published bundles."),
    "serve.key": (
        "签名密钥文件（64 位十六进制）；没有它每次启动换一把。",
        "The file of the signing key (64 hexadecimal digits); without it each start has its own.",
    ),
    "serve.mapping": ("AuthZEN 对应表。", "The mapping of AuthZEN."),
    "serve.open311": (
        "居民可以经 Open311 报事的流程（可以写几次）。",
        "A workflow that residents may report by over Open311 (may be repeated).",
    ),
    "serve.base_url": ("外部访问服务用的地址。", "How callers reach the service."),
    "serve.otel": (
        "OpenTelemetry 收集端的地址（也可用 OTEL_EXPORTER_OTLP_ENDPOINT）；不写就不外送。",
        "The collector of OpenTelemetry (or OTEL_EXPORTER_OTLP_ENDPOINT); without it none is sent.",
    ),
    "serve.rate": (
        "每个调用方每秒最多几次（0：不限）。",
        "Most requests a second of one caller (0: not bounded).",
    ),
    "token": (
        "生成、撤销口令。token 名称 就是 token new 名称。",
        "Make and revoke tokens. `token NAME` is `token new NAME`.",
    ),
    "token.new": (
        "生成一个口令，显示一次；口令文件里只记摘要。",
        "Make a token and show it once; the file of tokens keeps only its digest.",
    ),
    "token.revoke": (
        "撤销某个名称的口令；正在运行的服务不用重启，下一个请求起就不认它。",
        "Revoke the tokens of a name; a running service refuses them from its next request on.",
    ),
    "token.of_tenant": ("只撤销这个租户的。", "Only those of this tenant."),
    "token.revoke_file": ("从这个口令文件里去掉。", "The file of tokens to take it out of."),
    "token.scope": ("权限（可以写几次）。", "What it may do (may be given several times)."),
    "token.tenant": ("所属租户。", "The tenant it is of."),
    "token.actor": ("以谁的名义办理：单位，或者“单位 人”。", "As whom it acts: `UNIT PERSON`."),
    "token.days": ("几天以后失效。", "The days after which it ends."),
    "token.file": ("加进这个口令文件。", "The file of tokens to add it to."),
    "replay": (
        "把判定日志（几个文件的，按先后写）逐行重推一遍，说明哪些行结果不同。",
        "Derive every decision of a log (of several files, the oldest first) again, and say which "
        "come out otherwise.",
    ),
    "replay.set": ("日志所用的规则集（可以写几次）。", "A set that was used (may be repeated)."),
    "replay.store": ("登记过旧版本的办件库。", "The store that has older versions registered."),
    "replay.noted": (
        "以前重推时另存的末尾摘要，必须还在日志里（可以写几次）。",
        "A digest of the end, noted at an earlier time, that must still be in the log (may be "
        "repeated).",
    ),
}

MESSAGES: dict[str, tuple[str, str]] = {
    "token.made": (
        "口令（只显示这一次）：{token}",
        "the token (shown only this once): {token}",
    ),
    "token.revoked": (
        "已撤销“{name}”的口令 {n} 个：{path}",
        "{n} tokens of `{name}` were revoked: {path}",
    ),
    "token.kept": ("已加进 {path}", "added to {path}"),
    "replay.more": (
        "另有 {n} 处不逐一列出；--format json 全部列出。",
        "{n} more are not shown; --format json lists them all",
    ),
    "replay.behind": (
        "第一行接在摘要 {digest} 的一批之后，那一批不在这里：此前的判定没有核对。",
        "the first line goes on behind the block {digest}, which is not here: what was decided "
        "before it is not looked at",
    ),
    "replay.head": (
        "末尾摘要 {digest}：另存一处，以后用 --noted 核对末尾没有被改、被截。",
        "digest of the end {digest}: note it elsewhere; later --noted shows whether the end was "
        "changed or cut off",
    ),
    "replay.done": (
        "共 {lines} 行，{same} 行与记录一致，{rest} 行不一致或者不能核对",
        "{lines} lines, {same} the same as on record, {rest} not",
    ),
}
