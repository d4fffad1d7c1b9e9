package dev.manciple.spi;

/** What an online store may or may not be able to do. Reading and writing are not optional. */
public enum OnlineCapability {
    /** Rows past the view's TTL disappear by themselves. */
    EXPIRES_ROWS,
    /** Newest wins also among concurrent writers. */
    NEWEST_WINS,
    /** The created time is stored and breaks ties of the event time. */
    KEEPS_CREATED,
    /** Rows can be deleted by age. */
    DELETE_ROWS,
    /** All rows of a view can be read with their keys. */
    SCAN,
    /** Rows can be found by vector distance. */
    VECTOR_SEARCH
}
