package dev.manciple.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            delimiter = '|',
            value = {
                "SELECT 1;  -- note        | SELECT 1",
                "SELECT 1; /* a; b */ ; -- | SELECT 1",
                "SELECT 1 -- a; b          | SELECT 1 -- a; b",
                "SELECT 1 /* hint */;      | SELECT 1 /* hint */",
                "SELECT ';' -- ';          | SELECT ';' -- ';",
                "SELECT 'it''s; --';       | SELECT 'it''s; --'",
                "SELECT \"; --\" ; --x     | SELECT \"; --\"",
                "SELECT $a$; -- $$;$a$;    | SELECT $a$; -- $$;$a$",
                "SELECT 1; SELECT 2; --    | SELECT 1; SELECT 2",
                "SELECT ';                 | SELECT ';",
            })
    void onlyWhatFollowsTheQueryIsLeftOut(String written, String query) {
        assertThat(Sql.query(written).text()).isEqualTo("(" + query + "\n)");
    }

    @Test
    void joinedPartsKeepTheirOrder() {
        assertThat(Sql.join(", ", List.of(Sql.literal(2), Sql.literal(1))).text())
                .isEqualTo("2, 1");
    }
}
