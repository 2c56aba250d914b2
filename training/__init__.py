"""Reviews in, a better model out: dataset, train, evaluate, promote."""
