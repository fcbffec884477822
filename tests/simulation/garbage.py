"""What somebody may put on a queue that is no message of ours."""

from shared.domain.messages import encode
from tests.fakes import TENANT_ID, new_message


def garbage() -> list[bytes]:
    """One body for each way in which a message can be wrong."""
    good = encode(new_message()).decode()
    return [
        b"",
        b"\xff\xfe\x00",
        b"no JSON",
        b"[1, 2]",
        good.replace('"schema":1', '"schema":9').encode(),
        good.replace('"signup"', '"dance"').encode(),
        good.replace(str(TENANT_ID), "").encode(),
        good.replace(f'"{TENANT_ID}"', "7").encode(),
        good.replace('"schema"', '"more":1,"schema"').encode(),
        b"x" * (50 * 1024),
    ]
