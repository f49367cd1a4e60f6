import callcenter.properties.models.name_keys
import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations

FUNCTION = """
CREATE FUNCTION properties_name_keys(name text) RETURNS text[]
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE COST 2000 AS $$
DECLARE
    sounds CONSTANT text := translate(replace(translate(name, '''’', ''), 'ph', 'f'),
        'cqxzvwdjyeiou-&.,/()', 'kkksfftaaaaaa       ') COLLATE pg_c_utf8;
    words CONSTANT text[] := string_to_array(sounds, ' ');
    keys text[] := '{}';
    tail text := '';
    word text;
    key text;
BEGIN
    FOR at IN REVERSE cardinality(words) .. 1 LOOP
        CONTINUE WHEN words[at] = '';
        FOREACH word IN ARRAY ARRAY[words[at], words[at] || tail] LOOP
            CONTINUE WHEN length(word) < 3;
            key := substr(word, 2);
            key := left(word, 1) || concat(
                CASE WHEN strpos(key, 'b') > 0 THEN 'b' END,
                CASE WHEN strpos(key, 'f') > 0 THEN 'f' END,
                CASE WHEN strpos(key, 'g') > 0 THEN 'g' END,
                CASE WHEN strpos(key, 'k') > 0 THEN 'k' END,
                CASE WHEN strpos(key, 'l') > 0 THEN 'l' END,
                CASE WHEN strpos(key, 'm') > 0 THEN 'm' END,
                CASE WHEN strpos(key, 'n') > 0 THEN 'n' END,
                CASE WHEN strpos(key, 'p') > 0 THEN 'p' END,
                CASE WHEN strpos(key, 'r') > 0 THEN 'r' END,
                CASE WHEN strpos(key, 's') > 0 THEN 's' END,
                CASE WHEN strpos(key, 't') > 0 THEN 't' END);
            IF NOT key = ANY (keys) THEN keys := keys || key; END IF;
        END LOOP;
        tail := words[at] || tail;
    END LOOP;
    RETURN keys;
END $$;
"""


class Migration(migrations.Migration):
    """Find names by the letters that one hears in them, whatever their order."""

    atomic = False
    dependencies = [("properties", "0004_sets_stay_within_their_organization")]
    operations = [
        migrations.RunSQL(sql=FUNCTION, reverse_sql="DROP FUNCTION properties_name_keys(text)"),
        AddIndexConcurrently(
            model_name="resident",
            index=django.contrib.postgres.indexes.GinIndex(
                callcenter.properties.models.name_keys.NameKeys("search_name"),
                name="resident_name_sound",
            ),
        ),
    ]
