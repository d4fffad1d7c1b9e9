package dev.manciple.sql;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells where a query ends: it may be followed by semicolons and comments, and have both inside. */
final class QueryText {
    /** Quoted text and names, PostgreSQL's and DuckDB's dollar quotes, comments, white space, semicolons, or any one character else. */
    private static final Pattern PIECE = Pattern.compile("""
            (?<quoted>'(?:[^']|'')*+(?:'|\\z)|"(?:[^"]|"")*+(?:"|\\z)|(?<tag>\\$\\w*\\$).*?(?:\\k<tag>|\\z))\
            |(?<comment>--[^\\n]*+|/\\*.*?\\*/|\\s++)\
            |(?<semicolon>;)\
            |(?<other>.)""", Pattern.DOTALL);

    private QueryText() {}

    /** The query without the semicolons at its end and the comments after these. Comments before them stay: they may be hints. */
    static String withoutEnd(String written) {
        String query = written.strip();
        Matcher piece = PIECE.matcher(query);
        int end = query.length();
        boolean ended = false;
        while (piece.find()) {
            if (piece.group("semicolon") != null && !ended) {
                end = piece.start();
                ended = true;
            } else if (piece.group("semicolon") == null && piece.group("comment") == null) {
                end = query.length();
                ended = false;
            }
        }
        return query.substring(0, end).stripTrailing();
    }
}
