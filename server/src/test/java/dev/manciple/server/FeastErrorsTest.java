package dev.manciple.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.manciple.error.InvalidRequestException;
import dev.manciple.error.NotFoundException;
import dev.manciple.error.StoreException;
import dev.manciple.error.StoreException.Outcome;
import java.io.IOException;
import java.net.ConnectException;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class FeastErrorsTest {
    private static final String SECRET = "4711-secret";

    @Test
    void theLogHasNoWordsThatQuoteValues() {
        assertThat(logged(new SQLException("Could not convert " + SECRET, "22P02")))
                .isEqualTo("store x failed while trying to read (SQL state 22P02; level DEBUG tells more)");
        assertThat(logged(new SQLException("Overflow in addition of " + SECRET)))
                .isEqualTo("store x failed while trying to read (SQLException, code 0; level DEBUG tells more)");
        assertThat(logged(new IllegalStateException("No place for " + SECRET)))
                .isEqualTo("store x failed while trying to read (IllegalStateException; level DEBUG tells more)");
        assertThat(logged(new IOException("the store said no", new SQLException("Duplicate " + SECRET, "23505"))))
                .isEqualTo("store x failed while trying to read (SQL state 23505; level DEBUG tells more)");
    }

    @Test
    void theLogSaysWhatIsWrongWithTheSystemItself() {
        assertThat(logged(new SQLException("too many clients already", "53300")))
                .contains("too many clients already");
        assertThat(logged(new IllegalStateException("x", new ConnectException("Connection refused"))))
                .contains("Connection refused");
        assertThat(FeastErrors.logged(new InvalidRequestException("no such thing")))
                .isEqualTo("no such thing");
    }

    @Test
    void theLogHasNoWordsAboutRowsThatDoNotFit() {
        assertThat(FeastErrors.loggedOfRows(new InvalidRequestException(SECRET + " is no INT64")))
                .doesNotContain(SECRET)
                .contains("do not fit", "DEBUG");
        assertThat(FeastErrors.loggedOfRows(new NotFoundException("file", "stats.csv")))
                .contains("stats.csv");
    }

    private static String logged(Exception cause) {
        return FeastErrors.logged(new StoreException("store x", "read", false, Outcome.NOT_APPLIED, cause));
    }
}
