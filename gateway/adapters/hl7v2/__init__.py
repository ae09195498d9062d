"""HL7 v2 in its pipe notation (ER7): the codec between bytes and trees, and the model of all versions 2.3 to 2.8."""

from gateway.adapters.hl7v2.codec import Hl7v2Codec
from gateway.domain.codec import Codec

codec: Codec = Hl7v2Codec()
