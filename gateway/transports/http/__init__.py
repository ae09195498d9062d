"""The road to a receiver that is reached by HTTP (RFC 9110); what comes in by HTTP comes through `gateway.web`."""
