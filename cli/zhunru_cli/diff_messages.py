"""What `zhunru diff` says, Chinese beside English."""

from __future__ import annotations

HELP: dict[str, tuple[str, str]] = {
    "diff": (
        "比较两套规则：哪些来件的结论、理由、义务、去向、期限会不一样，为什么。",
        "Compare two policy sets: which requests are answered otherwise, in what, and why.",
    ),
    "diff.out": ("写进文件。", "Write to a file."),
}
