package dev.manciple.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class SqlTest {
    @Test
    void marksInsideNamesAndTextsAreDoubled() {
        assertThat(Sql.quoted("a\"b\"; DROP TABLE x; --", '"').text()).isEqualTo("\"a\"\"b\"\"; DROP TABLE x; --\"");
        assertThat(Sql.literal("it's").text()).isEqualTo("'it''s'");
    }

    @Test
    void textWithNulIsRefused() {
        assertThatThrownBy(() -> Sql.literal("a\0b")).hasMessageContaining("NUL");
    }

    @Test
    void partsFillHolesAndAreNotFilledThemselves() {
        Sql sql = Sql.of("SELECT {} FROM {}", Sql.literal("{}"), Sql.quoted("t", '"'));

        assertThat(sql.text()).isEqualTo("SELECT '{}' FROM \"t\"");
    }

    @Test
    void everyHoleNeedsOnePart() {
        assertThatThrownBy(() -> Sql.of("{} {}", Sql.literal(1))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Sql.of("{}", Sql.literal(1), Sql.literal(2)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNegativeNumberCanFollowAnOperator() {
        assertThat(Sql.of("1 -{}", Sql.literal(-1)).text()).isEqualTo("1 -(-1)");
    }

    @Test
    void aQueryMayEndInACommentOrASemicolon() {
        assertThat(Sql.query("SELECT 1 -- one").text()).isEqualTo("(SELECT 1 -- one\n)");
        assertThat(Sql.query(" SELECT 1;; ").text()).isEqualTo("(SELECT 1\n)");
    }

    @Test
    void joinedPartsKeepTheirOrder() {
        assertThat(Sql.join(", ", List.of(Sql.literal(2), Sql.literal(1))).text())
                .isEqualTo("2, 1");
    }
}
