"""What a message does to a case: referral, plan and reply, and the moves of their Tasks."""
