"""What happened when: dates as people write them."""
