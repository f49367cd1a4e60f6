from django.db import migrations

from callcenter.core.database import hint_people

OF_EXTENSIONS = """
    changed.organization_id, holder.user_id FROM changed
    JOIN former ON former.id = changed.id AND former.user_id IS DISTINCT FROM changed.user_id
    CROSS JOIN LATERAL (VALUES (former.user_id), (changed.user_id)) AS holder (user_id)
"""


class Migration(migrations.Migration):
    """Whoever gets an extension, and whoever had it, learn at once what rings at it."""

    dependencies = [
        ("stream", "0003_calls_hint_at_their_people"),
        ("telephony", "0004_erase_who_rang"),
    ]
    operations = [
        hint_people("telephony_extension", "my_calls", OF_EXTENSIONS, "UPDATE", with_former=True)
    ]
