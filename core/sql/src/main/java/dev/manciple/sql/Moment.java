package dev.manciple.sql;

/**
 * The time of an entity row, in the forms it is kept in for queries to choose from; those that none names need not be there.
 *
 * @param micros since the epoch
 * @param instant as the engine's time with a zone
 * @param utc as the engine's time without one, in UTC
 */
public record Moment(Sql micros, Sql instant, Sql utc) {}
