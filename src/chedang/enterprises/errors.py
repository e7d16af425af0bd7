"""What can be wrong with a request about an enterprise, as facts."""

from __future__ import annotations

from collections.abc import Sequence

from chedang.enterprises.model import RegistrationFinding
from chedang.terms.saying import Said, SaidRefusal, said


class EnterpriseError(SaidRefusal):
    """Base of these facts, each with a sentence for people."""


class RegistrationRefused(EnterpriseError):
    """The registration lacks what no shop can be without; ``findings`` holds all of it, warnings too."""

    def __init__(self, findings: Sequence[RegistrationFinding]) -> None:
        self.findings = tuple(findings)
        super().__init__("；".join(finding.message for finding in self.findings if finding.level == "error"))


class AlreadyRegistered(EnterpriseError):
    """The credit code or licence belongs to a shop with another password. Its code is not told."""

    def __init__(self) -> None:
        super().__init__(said("该企业已注册。请用注册时的密码重试；忘记密码请联系当地道路运输管理机构。"))


class RegistrationTaken(EnterpriseError):
    """The new credit code or licence is that of another shop. Its code is not told."""

    def __init__(self) -> None:
        super().__init__(said("该统一社会信用代码或许可证号已由另一家企业登记，请核对。"))


class NotRejected(EnterpriseError):
    """Only a shop that is 审核不成功 files again."""

    def __init__(self) -> None:
        super().__init__(said("企业现在不是审核不成功，不需要重新提交。"))


class EnterpriseNotFound(EnterpriseError):
    """No shop has this code."""

    def __init__(self, company_code: str) -> None:
        self.company_code = company_code
        super().__init__(said("没有编码为 %(code)s 的维修企业。", code=company_code))


class ReasonMissing(EnterpriseError):
    """A decision against somebody without a reason helps nobody."""

    def __init__(self, sentence: Said | str | None = None) -> None:
        super().__init__(sentence or said("审核不成功必须写明原因。"))


class PasswordRefused(EnterpriseError):
    """The new password is too short, too long or too easy to guess."""


class TooManySecrets(EnterpriseError):
    """As many secrets as may be are good already."""

    def __init__(self, most: int) -> None:
        super().__init__(said("同时有效的接口密钥最多 %(most)s 个，请先停用一个。", most=most))


class ExpiryRefused(EnterpriseError):
    """A secret would be good for too long, or not at all."""

    def __init__(self, days: int) -> None:
        super().__init__(said("到期时间应在现在之后、%(days)s 天以内。", days=days))


class NotAHeadOffice(EnterpriseError):
    """Only the head office of a chain, appointed by an officer, may have codes allocated to shops."""

    def __init__(self) -> None:
        super().__init__(said("本企业不是已确认的连锁总部，请联系主管部门。"))


class ShopNotInChain(EnterpriseError):
    """The licence belongs to a shop that is not in the chain. Its code is not told."""

    def __init__(self) -> None:
        super().__init__(said("该许可证号的企业已登记，不在本连锁内；由主管部门确认隶属关系后再试。"))


class LicenceTaken(EnterpriseError):
    """A shop of the chain has this licence and another name: two shops under one code would mix their records."""

    def __init__(self) -> None:
        super().__init__(said("该许可证号已用于本连锁另一名称的门店，请核对许可证号。"))


class MakerNotFound(EnterpriseError):
    """No maker has this account."""

    def __init__(self, maker_code: str) -> None:
        self.maker_code = maker_code
        super().__init__(said("没有账户为 %(code)s 的汽车生产企业。", code=maker_code))


class DecisionRefused(EnterpriseError):
    """What was decided about a maker or its dealers cannot be; ``str()`` says why."""


class MakerNotListed(EnterpriseError):
    """The head office's own standing does not let it do this today; ``str()`` says why."""
