"""The archive's tables as Django must know them: migrations that run the packages' SQL files, and unmanaged models."""
