"""Access tokens for programs of partners (SMART App Launch 2.2, Backend Services; RFC 7523), and what each opens."""
