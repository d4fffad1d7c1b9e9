package dev.manciple.arrow;

import dev.manciple.error.InvalidRequestException;
import org.apache.arrow.vector.FieldVector;
import org.apache.arrow.vector.dictionary.Dictionary;
import org.apache.arrow.vector.dictionary.DictionaryProvider;
import org.apache.arrow.vector.types.pojo.Field;

/** Finds the values a dictionary column points to. */
final class Dictionaries {
    private Dictionaries() {}

    static FieldVector of(Field field, DictionaryProvider dictionaries) {
        long id = field.getDictionary().getId();
        Dictionary dictionary = dictionaries.lookup(id);
        if (dictionary == null) {
            throw new InvalidRequestException(
                    "Column '%s' is encoded with dictionary %d, which was not given; pass the column's reader as provider"
                            .formatted(field.getName(), id));
        }
        return dictionary.getVector();
    }
}
