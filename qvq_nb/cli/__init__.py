"""The command `qvq-nb`: words in, words out. Every computation lives in a room below."""
