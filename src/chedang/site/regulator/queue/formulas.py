"""How the figures of these pages come about, in words, with the numbers of the data files."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chedang.quality.expectation import load_expectation_parameters
from chedang.supervision.reminding_model import load_reminder_parameters


def formulas() -> list[tuple[str, str]]:
    """Name and formula of each."""
    volume, reminding = load_expectation_parameters(), load_reminder_parameters()
    shares = volume.shares
    told = {
        "history": volume.history_weeks,
        "enough": volume.enough_expected,
        "longest": volume.longest_window,
        "tail": f"{volume.tail_per_mille / 10:g}",
        "share": volume.share_percent,
        "days": shares.days,
        "least": shares.least_records,
        "faulty": shares.faulty_percent,
        "doubtful": shares.doubtful_percent,
        "silent": reminding.silent_days[0],
        "filed": reminding.unconnected_days,
    }
    return [
        (_("未上传"), _("已对接、在营业的备案企业，最后一次收到记录距今超过 %(silent)d 天") % told),
        (_("未对接"), _("在营业的备案企业，备案满 %(filed)d 天，从未收到过记录") % told),
        (
            _("预期上传量"),
            _(
                "本企业前 %(history)d 周去掉最高最低后的平均，乘以当地同类企业同一时间与往常之比；"
                "看近 7 天，预期不足 %(enough)d 条的看到近 %(longest)d 周"
            )
            % told,
        ),
        (
            _("上传量低于预期"),
            _("偶然低到这样的可能不超过 %(tail)s%%，并且不到预期的 %(share)d%%") % told,
        ),
        (
            _("有错误的记录偏多"),
            _("近 %(days)d 天未作废的记录至少 %(least)d 条，其中有错误的超过 %(faulty)d%%") % told,
        ),
        (
            _("有疑问的记录偏多"),
            _("同上，有错误或疑问的超过 %(doubtful)d%%，而有错误的没有偏多") % told,
        ),
    ]
