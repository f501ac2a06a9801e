"""What it takes to talk to models that others run: addresses, proxies and certificates, dialects, pace, and money.

Nothing of it is used by recorded answers or the embedded model, whose weights come through `ways` too. From the lowest floor up:

- `address`, `hosts`: what the settings say, put right; whether it is a machine of the reader's own;
- `counts`: what an answer's `usage` says, in whole numbers that are checked;
- `objections`, `thinking`: what a refusal names; what a model thought before its answer;
- `changes`: how a request can be put otherwise;
- `ways`: proxies and certificates;
- `dialects`: what an endpoint takes, learned from its refusals;
- `outside`: the one door to endpoints; `pacing`: how fast it may be used;
- `ledger`: what it costs, within a limit.
"""
