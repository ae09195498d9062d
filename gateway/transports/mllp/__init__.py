"""MLLP: HL7 v2 messages over a TCP connection, each answered on it (HL7 MLLP release 1; chapter 2.9)."""
