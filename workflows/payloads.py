"""How values travel through Temporal: as JSON by Pydantic, with what each type needs made once for the whole process."""

from __future__ import annotations

from dataclasses import replace

from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, pydantic_data_converter
from temporalio.converter import CompositePayloadConverter, DefaultPayloadConverter, JSONPlainPayloadConverter

JSON = PydanticJSONPlainPayloadConverter()


class Payloads(CompositePayloadConverter):
    """As Temporal's own for Pydantic, which each workflow has one of: there every workflow works out anew how a `Standing` is read."""

    def __init__(self) -> None:
        """The default converters, with the one shared by all for JSON."""
        usual = DefaultPayloadConverter.default_encoding_payload_converters
        super().__init__(*(JSON if isinstance(one, JSONPlainPayloadConverter) else one for one in usual))


DATA_CONVERTER = replace(pydantic_data_converter, payload_converter_class=Payloads)
