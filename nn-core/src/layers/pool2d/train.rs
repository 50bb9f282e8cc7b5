//! Training: the samples of a shard.
