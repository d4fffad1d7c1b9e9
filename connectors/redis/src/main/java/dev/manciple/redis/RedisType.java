package dev.manciple.redis;

/** What the nodes of a connection string are; the names are Feast's. */
public enum RedisType {
    /** One server, the first node named. */
    REDIS,
    /** Some nodes of a cluster, which tell of the others. */
    REDIS_CLUSTER,
    /** Sentinels, which tell which server is the master. */
    REDIS_SENTINEL
}
