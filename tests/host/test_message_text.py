import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.host.message_text import body_of, text_of


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("aGVsbG8=", b"hello"),
        (" aGVs\r\nbG8= ", b"hello"),
        ("", b""),
        ("//4A", b"\xff\xfe\x00"),
    ],
)
def test_base64_is_read_as_the_extension_reads_it(text: str, body: bytes) -> None:
    assert body_of(text, base64_encoded=True) == body


@pytest.mark.parametrize("text", ["hello!", '{"a":1}', "aGVsbG8", "aGVsbG8==", "aGVs bG8_", "é===", "YQ==YQ=="])
def test_what_is_no_base64_has_no_body(text: str) -> None:
    assert body_of(text, base64_encoded=True) is None


def test_bare_text_is_its_own_body() -> None:
    assert body_of("héllo", base64_encoded=False) == "héllo".encode()
    assert text_of("héllo".encode(), base64_encoded=False) == "héllo"


def test_bytes_that_are_no_text_cannot_be_sent_bare() -> None:
    with pytest.raises(UnicodeDecodeError):
        text_of(b"\xff", base64_encoded=False)


@settings(max_examples=40)
@given(st.binary(max_size=60))
def test_every_body_survives_base64(body: bytes) -> None:
    assert body_of(text_of(body, base64_encoded=True), base64_encoded=True) == body
