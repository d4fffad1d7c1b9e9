package dev.manciple.postgres;

import dev.manciple.error.FeatureStoreException;
import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.StoreException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Objects;
import javax.net.ssl.SSLHandshakeException;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What goes wrong in the server or on the way to it, as Manciple's exceptions. Its codes are those of SQLSTATE. */
final class Failures {
    private static final String CANCELED = "57014";

    /** The class of codes of logins. */
    private static final String REFUSED = "28";

    private Failures() {}

    /**
     * @param store what messages call the server
     * @param attempted such as {@code read the rows of a query}
     */
    static FeatureStoreException wrap(String store, String attempted, StoreException.Outcome outcome, SQLException e) {
        String reason = reason(e);
        String code = Objects.requireNonNullElse(e.getSQLState(), "");
        if (code.equals(CANCELED) && reason.contains("statement timeout")) {
            reason += "; raise 'statement_timeout' or ask for less";
        }
        if (code.startsWith(REFUSED)) {
            reason += "; check 'user' and 'password'";
        }
        boolean untrusted = isAboutTrust(e);
        if (untrusted) {
            reason += "; check 'sslmode', and that 'sslrootcert_path' names who signed the server's certificate";
        }
        if (isTheCallers(code)) {
            return new InvalidRequestException("%s cannot %s: %s".formatted(store, attempted, reason), e);
        }
        boolean retryable = isPassing(code) && !untrusted;
        return new StoreException(store, attempted, retryable, outcome, new SQLException(reason, code, e));
    }

    /** The driver has one code for all that stops a connection; a certificate stays what it is. */
    private static boolean isAboutTrust(SQLException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLHandshakeException || cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    /** A value that cannot be read, or SQL that makes no sense: asking again does not help. */
    private static boolean isTheCallers(String code) {
        return code.startsWith("22") || (code.startsWith("42") && !code.equals("42501"));
    }

    /** The connection, the server's resources, a conflict with others, or the server's operator. */
    private static boolean isPassing(String code) {
        return code.startsWith("08")
                || code.startsWith("53")
                || code.startsWith("40")
                || (code.startsWith("57") && !code.equals(CANCELED));
    }

    /** What the server says, with its hints, and without the statement or the driver's decoration. */
    private static String reason(SQLException e) {
        ServerErrorMessage server = e instanceof PSQLException failure ? failure.getServerErrorMessage() : null;
        if (server == null) {
            return Objects.requireNonNullElse(e.getMessage(), "no reason given");
        }
        StringBuilder reason = new StringBuilder(Objects.requireNonNullElse(server.getMessage(), "no reason given"));
        if (server.getDetail() != null) {
            reason.append(" (").append(server.getDetail()).append(')');
        }
        if (server.getWhere() != null && server.getWhere().startsWith("COPY")) {
            reason.append(", at ").append(server.getWhere());
        }
        if (server.getHint() != null) {
            reason.append("; ").append(server.getHint());
        }
        return reason.toString();
    }
}
