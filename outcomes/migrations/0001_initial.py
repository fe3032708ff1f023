"""Outcomes, domains, resources, references and quotations, with their nations, for editors."""

import django.db.models.deletion
import django.utils.timezone
import mscos.codes
import mscos.fields
import simple_history.models
import taggit.managers
from django.conf import settings
from django.db import migrations, models

from mscos.migrations._rights import EDITORS, editing, grant

NATIONS = [
    ("e", "England"),
    ("s", "Scotland"),
    ("w", "Wales"),
    ("n", "Northern Ireland"),
    ("i", "International"),
]
MODELS = ["outcome", "domain", "organisation", "resource", "resourceorganisation", "feature", "reference", "quotation"]


def add_nations(apps, schema_editor):
    """Add the nations that a resource may be about."""
    nations = apps.get_model("outcomes", "Nation").objects.using(schema_editor.connection.alias)
    for position, (code, name) in enumerate(NATIONS, start=1):
        nations.create(code=code, name=name, position=position)



class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('mscos', '0001_initial'),
        ('taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx'),
    ]

    operations = [
        migrations.CreateModel(
            name='Domain',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, unique=True)),
                ('position', models.PositiveSmallIntegerField(unique=True)),
            ],
            options={
                'verbose_name': 'long-list domain',
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Nation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=4, unique=True)),
                ('name', models.CharField(max_length=40, unique=True)),
                ('position', models.PositiveSmallIntegerField(unique=True)),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='Organisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=160, unique=True)),
                ('url', models.URLField(blank=True, verbose_name='website')),
            ],
            options={
                'ordering': ['name'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalOrganisation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('name', models.CharField(db_index=True, max_length=160)),
                ('url', models.URLField(blank=True, verbose_name='website')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical organisation',
                'verbose_name_plural': 'historical organisations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalOutcome',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('official_name', models.CharField(db_index=True, help_text="The study's own words: the page's heading.", max_length=120)),
                ('short_name', models.SlugField(help_text='One quiet word for addresses and browser tabs, such as housing. Changing it breaks links to the page.', max_length=30)),
                ('aliases', models.TextField(blank=True, help_text='What other publications call this outcome, one name a line.', verbose_name='other names')),
                ('position', models.PositiveSmallIntegerField(db_index=True, help_text="Its place in the study's order, from 1.")),
                ('summary', models.CharField(help_text='One line, shown on cards and under the heading.', max_length=200)),
                ('content_note', models.CharField(blank=True, help_text='Only if the page speaks of harm. What it mentions, in a few words: detention and unsafe housing.', max_length=120)),
                ('body', models.TextField(help_text='Use the buttons for headings, lists and links, and look at the preview before you save.', verbose_name='why it matters')),
                ('good_looks_like', models.TextField(blank=True, help_text='Use the buttons for headings, lists and links, and look at the preview before you save.', verbose_name='what good looks like')),
                ('last_reviewed', models.DateField(blank=True, help_text='The day on which somebody last read all of it.', null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical outcome',
                'verbose_name_plural': 'historical outcomes',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalResource',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('code', models.CharField(db_index=True, default=mscos.codes.public_code, editable=False, max_length=12)),
                ('title', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('toolkit', 'Toolkit'), ('training', 'Training'), ('handbook', 'Handbook'), ('research', 'Research'), ('framework', 'Framework'), ('video', 'Video'), ('service', 'Service')], max_length=10)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('listed', 'Listed'), ('withdrawn', 'Withdrawn')], default='draft', help_text='Only listed resources can be seen by readers.', max_length=10)),
                ('summary', models.CharField(help_text='What it is, in one or two sentences.', max_length=300)),
                ('body', models.TextField(blank=True, help_text='Use the buttons for headings, lists and links, and look at the preview before you save.', verbose_name='more about it')),
                ('audience', models.CharField(blank=True, max_length=200, verbose_name='who it is for')),
                ('url', models.URLField(help_text="The page where it can be found, on its makers' own site.", verbose_name='address')),
                ('file_type', models.CharField(blank=True, help_text='If the address opens a file: PDF, for example.', max_length=20)),
                ('file_size', models.CharField(blank=True, help_text='Of a file: 2.3 MB, for example.', max_length=20)),
                ('pages', models.PositiveIntegerField(blank=True, help_text='How many pages it has.', null=True)),
                ('language', models.CharField(default='English', max_length=80)),
                ('cost', models.CharField(blank=True, help_text='Free, or the price in full: US$50. Empty where you do not know.', max_length=80)),
                ('published', models.DateField(blank=True, help_text='Readers see the year. If you know no more, 1 January.', null=True)),
                ('last_checked', models.DateField(blank=True, help_text='When somebody last opened it and read this page.', null=True)),
                ('link_state', models.CharField(choices=[('working', 'Working'), ('not checked', 'Not checked'), ('reported', 'Reported'), ('broken', 'Broken')], default='not checked', max_length=12)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'historical resource',
                'verbose_name_plural': 'historical resources',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Outcome',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('official_name', models.CharField(help_text="The study's own words: the page's heading.", max_length=120, unique=True)),
                ('short_name', models.SlugField(help_text='One quiet word for addresses and browser tabs, such as housing. Changing it breaks links to the page.', max_length=30, unique=True)),
                ('aliases', models.TextField(blank=True, help_text='What other publications call this outcome, one name a line.', verbose_name='other names')),
                ('position', models.PositiveSmallIntegerField(help_text="Its place in the study's order, from 1.", unique=True)),
                ('summary', models.CharField(help_text='One line, shown on cards and under the heading.', max_length=200)),
                ('content_note', models.CharField(blank=True, help_text='Only if the page speaks of harm. What it mentions, in a few words: detention and unsafe housing.', max_length=120)),
                ('body', models.TextField(help_text='Use the buttons for headings, lists and links, and look at the preview before you save.', verbose_name='why it matters')),
                ('body_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='body')),
                ('good_looks_like', models.TextField(blank=True, help_text='Use the buttons for headings, lists and links, and look at the preview before you save.', verbose_name='what good looks like')),
                ('good_looks_like_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='good_looks_like')),
                ('last_reviewed', models.DateField(blank=True, help_text='The day on which somebody last read all of it.', null=True)),
                ('related', models.ManyToManyField(blank=True, help_text='Outcomes that go hand in hand with this one.', to='outcomes.outcome', verbose_name='goes with')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalReference',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('document', models.CharField(max_length=200)),
                ('publisher', models.CharField(blank=True, max_length=120)),
                ('url', models.URLField(blank=True, verbose_name='address')),
                ('sections', models.CharField(blank=True, help_text='For example: 14.10 to 14.13.', max_length=80)),
                ('pages', models.CharField(blank=True, help_text='For example: 159 to 167.', max_length=80)),
                ('note', models.CharField(blank=True, help_text='What a reader finds there, in one sentence.', max_length=200)),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers come first.')),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outcome', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.outcome')),
            ],
            options={
                'verbose_name': 'historical reference',
                'verbose_name_plural': 'historical references',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='Reference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('document', models.CharField(max_length=200)),
                ('publisher', models.CharField(blank=True, max_length=120)),
                ('url', models.URLField(blank=True, verbose_name='address')),
                ('sections', models.CharField(blank=True, help_text='For example: 14.10 to 14.13.', max_length=80)),
                ('pages', models.CharField(blank=True, help_text='For example: 159 to 167.', max_length=80)),
                ('note', models.CharField(blank=True, help_text='What a reader finds there, in one sentence.', max_length=200)),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers come first.')),
                ('outcome', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='references', to='outcomes.outcome')),
            ],
            options={
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Resource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=mscos.codes.public_code, editable=False, max_length=12, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('toolkit', 'Toolkit'), ('training', 'Training'), ('handbook', 'Handbook'), ('research', 'Research'), ('framework', 'Framework'), ('video', 'Video'), ('service', 'Service')], max_length=10)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('listed', 'Listed'), ('withdrawn', 'Withdrawn')], default='draft', help_text='Only listed resources can be seen by readers.', max_length=10)),
                ('summary', models.CharField(help_text='What it is, in one or two sentences.', max_length=300)),
                ('body', models.TextField(blank=True, help_text='Use the buttons for headings, lists and links, and look at the preview before you save.', verbose_name='more about it')),
                ('body_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='body')),
                ('audience', models.CharField(blank=True, max_length=200, verbose_name='who it is for')),
                ('url', models.URLField(help_text="The page where it can be found, on its makers' own site.", verbose_name='address')),
                ('file_type', models.CharField(blank=True, help_text='If the address opens a file: PDF, for example.', max_length=20)),
                ('file_size', models.CharField(blank=True, help_text='Of a file: 2.3 MB, for example.', max_length=20)),
                ('pages', models.PositiveIntegerField(blank=True, help_text='How many pages it has.', null=True)),
                ('language', models.CharField(default='English', max_length=80)),
                ('cost', models.CharField(blank=True, help_text='Free, or the price in full: US$50. Empty where you do not know.', max_length=80)),
                ('published', models.DateField(blank=True, help_text='Readers see the year. If you know no more, 1 January.', null=True)),
                ('last_checked', models.DateField(blank=True, help_text='When somebody last opened it and read this page.', null=True)),
                ('link_state', models.CharField(choices=[('working', 'Working'), ('not checked', 'Not checked'), ('reported', 'Reported'), ('broken', 'Broken')], default='not checked', max_length=12)),
                ('nations', models.ManyToManyField(blank=True, related_name='resources', to='outcomes.nation', verbose_name='area it covers')),
                ('outcomes', models.ManyToManyField(blank=True, related_name='resources', to='outcomes.outcome')),
                ('recommended_before', models.ManyToManyField(blank=True, help_text='What people should read or do first, such as a training.', related_name='recommended_after', to='outcomes.resource')),
            ],
            options={
                'ordering': ['title', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalQuotation',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('text', models.TextField(blank=True, help_text='As they were said or written. Mark every cut with […].', verbose_name='words')),
                ('credit', models.CharField(blank=True, help_text='The name or role that the person chose, such as: A housing caseworker.', max_length=160)),
                ('content_note', models.CharField(blank=True, help_text='Only if it speaks of harm. What it mentions, in a few words: the words then open on request.', max_length=100)),
                ('consent_scope', models.CharField(choices=[('site', 'This site'), ('newsletter', 'The newsletter'), ('both', 'This site and the newsletter')], default='site', help_text='Where the person agreed to be quoted.', max_length=10, verbose_name='agreed for')),
                ('consent_given_on', models.DateField(blank=True, help_text='Empty: shown nowhere.', null=True, verbose_name='agreed on')),
                ('consent_expires_on', models.DateField(blank=True, help_text='The last day on which we may show it. Empty: until withdrawn.', null=True, verbose_name='agreed until')),
                ('withdrawn_on', models.DateField(editable=False, null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organisation', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.organisation')),
                ('outcome', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.outcome')),
                ('resource', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.resource')),
            ],
            options={
                'verbose_name': 'historical quotation',
                'verbose_name_plural': 'historical quotations',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='HistoricalFeature',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('starts', models.DateField(default=django.utils.timezone.localdate, help_text='From this day on. Of two at once the later start wins.')),
                ('ends', models.DateField(blank=True, help_text="The last day. Leave it empty for 'until the next one'.", null=True)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('outcome', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.outcome')),
                ('resource', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.resource')),
            ],
            options={
                'verbose_name': 'historical featured resource',
                'verbose_name_plural': 'historical featured resources',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='ResourceOrganisation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('author', 'Author'), ('partner', 'Partner'), ('funder', 'Funder')], default='author', max_length=10)),
                ('position', models.PositiveSmallIntegerField(default=0, help_text='Lower numbers come first.')),
                ('organisation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='credits', to='outcomes.organisation')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='credits', to='outcomes.resource')),
            ],
            options={
                'verbose_name': 'credit',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.AddField(
            model_name='resource',
            name='organisations',
            field=models.ManyToManyField(related_name='resources', through='outcomes.ResourceOrganisation', to='outcomes.organisation'),
        ),
        migrations.CreateModel(
            name='TaggedResource',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='outcomes.resource')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_items', to='taggit.tag')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='resource',
            name='tags',
            field=taggit.managers.TaggableManager(blank=True, help_text='Words, with commas between them.', through='outcomes.TaggedResource', to='taggit.Tag', verbose_name='Tags'),
        ),
        migrations.CreateModel(
            name='Quotation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField(blank=True, help_text='As they were said or written. Mark every cut with […].', verbose_name='words')),
                ('credit', models.CharField(blank=True, help_text='The name or role that the person chose, such as: A housing caseworker.', max_length=160)),
                ('content_note', models.CharField(blank=True, help_text='Only if it speaks of harm. What it mentions, in a few words: the words then open on request.', max_length=100)),
                ('consent_scope', models.CharField(choices=[('site', 'This site'), ('newsletter', 'The newsletter'), ('both', 'This site and the newsletter')], default='site', help_text='Where the person agreed to be quoted.', max_length=10, verbose_name='agreed for')),
                ('consent_given_on', models.DateField(blank=True, help_text='Empty: shown nowhere.', null=True, verbose_name='agreed on')),
                ('consent_expires_on', models.DateField(blank=True, help_text='The last day on which we may show it. Empty: until withdrawn.', null=True, verbose_name='agreed until')),
                ('withdrawn_on', models.DateField(editable=False, null=True)),
                ('organisation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='quotations', to='outcomes.organisation')),
                ('outcome', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='quotations', to='outcomes.outcome')),
                ('resource', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='quotations', to='outcomes.resource')),
            ],
            options={
                'ordering': ['pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('outcome__isnull', False), ('resource__isnull', False), _connector='OR'), name='quotation_is_about_something', violation_error_message='Choose the outcome or the resource that the words are about.'), models.CheckConstraint(condition=models.Q(models.Q(('withdrawn_on', None), models.Q(('text', ''), _negated=True), models.Q(('credit', ''), _negated=True)), models.Q(('content_note', ''), ('credit', ''), ('organisation', None), ('text', ''), ('withdrawn_on__isnull', False)), _connector='OR'), name='quotation_has_words_until_withdrawn'), models.CheckConstraint(condition=models.Q(('consent_expires_on', None), ('consent_expires_on__gte', models.F('consent_given_on')), _connector='OR'), name='quotation_consent_expires_after_it_is_given', violation_error_message='The last day of consent must not come before the first.')],
            },
        ),
        migrations.CreateModel(
            name='Feature',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateField(default=django.utils.timezone.localdate, help_text='From this day on. Of two at once the later start wins.')),
                ('ends', models.DateField(blank=True, help_text="The last day. Leave it empty for 'until the next one'.", null=True)),
                ('outcome', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='features', to='outcomes.outcome')),
                ('resource', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='features', to='outcomes.resource')),
            ],
            options={
                'verbose_name': 'featured resource',
                'ordering': ['-starts'],
                'constraints': [models.UniqueConstraint(fields=('outcome', 'starts'), name='one_feature_of_an_outcome_starts_on_a_day', violation_error_message='Another feature of this outcome starts on that day.'), models.CheckConstraint(condition=models.Q(('ends', None), ('ends__gte', models.F('starts')), _connector='OR'), name='feature_ends_on_or_after_its_start', violation_error_message='The last day must not come before the first.')],
            },
        ),
        migrations.AddConstraint(
            model_name='resourceorganisation',
            constraint=models.UniqueConstraint(fields=('resource', 'organisation', 'role'), name='organisation_once_in_a_role', violation_error_message='This organisation is named twice in one role.'),
        ),
        migrations.AddIndex(
            model_name='resource',
            index=models.Index(fields=['state', 'title', 'id'], name='resource_list'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('url', ''), _negated=True), name='resource_has_an_address', violation_error_message='Give its address.'),
        ),
        migrations.AddConstraint(
            model_name='resource',
            constraint=models.CheckConstraint(condition=models.Q(('file_size', ''), models.Q(('file_type', ''), _negated=True), _connector='OR'), name='resource_size_only_of_a_file', violation_error_message='Say what type of file it is, or leave the size empty.'),
        ),
        migrations.RunPython(add_nations, migrations.RunPython.noop),
        grant(EDITORS, "outcomes", editing(*MODELS)),
    ]
