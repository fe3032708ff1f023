"""Events, their dates and what people suggest, for editors."""

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import events.models.events
import mscos.codes
import mscos.fields
import simple_history.models
import taggit.managers
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models

from mscos.migrations._rights import EDITORS, editing, grant


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('mscos', '0001_initial'),
        ('outcomes', '0001_initial'),
        ('taggit', '0006_rename_taggeditem_content_type_object_id_taggit_tagg_content_8fc721_idx'),
    ]

    operations = [
        migrations.CreateModel(
            name='Event',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(default=mscos.codes.public_code, editable=False, max_length=12, unique=True)),
                ('title', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('training', 'Training'), ('talk', 'Talk or webinar'), ('conference', 'Conference'), ('meeting', 'Meeting')], default='training', max_length=10)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('changed', 'Changed'), ('cancelled', 'Cancelled')], default='draft', max_length=9)),
                ('change_note', models.CharField(blank=True, help_text='For a changed or cancelled event: what is new, in one sentence.', max_length=200, verbose_name='what changed')),
                ('summary', models.CharField(help_text='What it is, in one or two sentences.', max_length=300)),
                ('body', models.TextField(blank=True, help_text='Use the buttons for headings, lists and links, and look at the preview before you save.', verbose_name='more about it')),
                ('body_html', mscos.fields.RenderedMarkdownField(blank=True, default='', editable=False, source='body')),
                ('learn', models.TextField(blank=True, help_text='One thing a line.', verbose_name='what you will learn')),
                ('audience', models.CharField(blank=True, max_length=200, verbose_name='who it is for')),
                ('for_survivors', models.BooleanField(default=False, help_text='Only if the organiser says so.', verbose_name='open to people with lived experience')),
                ('content_note', models.CharField(blank=True, help_text='Only if it speaks of harm. What it mentions.', max_length=120)),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('zone', models.CharField(default='Europe/London', max_length=40, validators=[events.models.events.known_zone], verbose_name='time zone')),
                ('repeats', models.CharField(blank=True, choices=[('', 'Once'), ('weekly', 'By the week, on the same weekday'), ('day', 'By the month, on the same day: the 30th'), ('weekday', 'By the month, on the same weekday: the second Tuesday'), ('last', 'By the month, on the last such weekday')], default='', max_length=8)),
                ('repeats_every', models.PositiveSmallIntegerField(default=1, help_text='2: every other week or month.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='every')),
                ('repeats_until', models.DateField(blank=True, help_text='It does not begin after this day.', null=True, verbose_name='last day')),
                ('left_out', models.TextField(blank=True, help_text='Days on which it does not take place after all, one a line: 2023-04-06.', verbose_name='not on')),
                ('stated_time', models.CharField(blank=True, help_text="Word for word: '5 to 6:30pm GMT / 12 to 1:30pm EST'. It is held against the time above.", max_length=200, verbose_name='time as the organiser wrote it')),
                ('time_settled_on', models.DateField(blank=True, help_text='The day on which the organiser said which time is right. Ends the public note about it.', null=True, verbose_name='time asked about on')),
                ('is_online', models.BooleanField(default=True, verbose_name='online')),
                ('place', models.CharField(blank=True, help_text='Town and venue, or the program used online.', max_length=200)),
                ('price', models.DecimalField(blank=True, decimal_places=2, help_text='0 if it is free. Empty if you do not know.', max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('currency', models.CharField(default='GBP', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Give the three letters of the currency, such as GBP or USD.')])),
                ('cost_help', models.CharField(blank=True, help_text="Whom to ask, and for what: 'Email the organiser.'", max_length=200, verbose_name='help with the cost')),
                ('free_for', models.CharField(blank=True, help_text="Who pays nothing: 'survivors and members'.", max_length=120)),
                ('booking_url', models.URLField(blank=True, max_length=500, verbose_name='address for booking')),
                ('booking_tracks', models.BooleanField(default=False, help_text='A ticket site that asks for an account or sets cookies for advertisers. Readers are told.', verbose_name='booking site follows visitors')),
                ('book_by', models.DateTimeField(blank=True, null=True, verbose_name='book by')),
                ('contact', models.EmailField(blank=True, max_length=254, verbose_name="organiser's email")),
                ('access', models.CharField(blank=True, help_text='Captions, breaks, camera off allowed, step-free entrance.', max_length=200)),
                ('recording', models.CharField(blank=True, choices=[('', 'Not known'), ('no', 'Not recorded'), ('yes', 'Recorded')], default='', max_length=3)),
                ('over_at', models.DateTimeField(editable=False)),
                ('listed_at', models.DateTimeField(editable=False, null=True)),
                ('sequence', models.PositiveIntegerField(default=0, editable=False)),
                ('changed_at', models.DateTimeField(auto_now=True)),
                ('imported_from', models.CharField(blank=True, default='', editable=False, max_length=64)),
                ('nations', models.ManyToManyField(blank=True, related_name='events', to='outcomes.nation', verbose_name='area it is for')),
                ('organiser', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='outcomes.organisation')),
                ('outcomes', models.ManyToManyField(blank=True, related_name='events', to='outcomes.outcome')),
            ],
            options={
                'ordering': ['starts', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='HistoricalEvent',
            fields=[
                ('id', models.BigIntegerField(auto_created=True, blank=True, db_index=True, verbose_name='ID')),
                ('code', models.CharField(db_index=True, default=mscos.codes.public_code, editable=False, max_length=12)),
                ('title', models.CharField(max_length=160)),
                ('kind', models.CharField(choices=[('training', 'Training'), ('talk', 'Talk or webinar'), ('conference', 'Conference'), ('meeting', 'Meeting')], default='training', max_length=10)),
                ('state', models.CharField(choices=[('draft', 'Draft'), ('published', 'Published'), ('changed', 'Changed'), ('cancelled', 'Cancelled')], default='draft', max_length=9)),
                ('change_note', models.CharField(blank=True, help_text='For a changed or cancelled event: what is new, in one sentence.', max_length=200, verbose_name='what changed')),
                ('summary', models.CharField(help_text='What it is, in one or two sentences.', max_length=300)),
                ('body', models.TextField(blank=True, help_text='Use the buttons for headings, lists and links, and look at the preview before you save.', verbose_name='more about it')),
                ('learn', models.TextField(blank=True, help_text='One thing a line.', verbose_name='what you will learn')),
                ('audience', models.CharField(blank=True, max_length=200, verbose_name='who it is for')),
                ('for_survivors', models.BooleanField(default=False, help_text='Only if the organiser says so.', verbose_name='open to people with lived experience')),
                ('content_note', models.CharField(blank=True, help_text='Only if it speaks of harm. What it mentions.', max_length=120)),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('zone', models.CharField(default='Europe/London', max_length=40, validators=[events.models.events.known_zone], verbose_name='time zone')),
                ('repeats', models.CharField(blank=True, choices=[('', 'Once'), ('weekly', 'By the week, on the same weekday'), ('day', 'By the month, on the same day: the 30th'), ('weekday', 'By the month, on the same weekday: the second Tuesday'), ('last', 'By the month, on the last such weekday')], default='', max_length=8)),
                ('repeats_every', models.PositiveSmallIntegerField(default=1, help_text='2: every other week or month.', validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(12)], verbose_name='every')),
                ('repeats_until', models.DateField(blank=True, help_text='It does not begin after this day.', null=True, verbose_name='last day')),
                ('left_out', models.TextField(blank=True, help_text='Days on which it does not take place after all, one a line: 2023-04-06.', verbose_name='not on')),
                ('stated_time', models.CharField(blank=True, help_text="Word for word: '5 to 6:30pm GMT / 12 to 1:30pm EST'. It is held against the time above.", max_length=200, verbose_name='time as the organiser wrote it')),
                ('time_settled_on', models.DateField(blank=True, help_text='The day on which the organiser said which time is right. Ends the public note about it.', null=True, verbose_name='time asked about on')),
                ('is_online', models.BooleanField(default=True, verbose_name='online')),
                ('place', models.CharField(blank=True, help_text='Town and venue, or the program used online.', max_length=200)),
                ('price', models.DecimalField(blank=True, decimal_places=2, help_text='0 if it is free. Empty if you do not know.', max_digits=8, null=True, validators=[django.core.validators.MinValueValidator(Decimal('0'))])),
                ('currency', models.CharField(default='GBP', max_length=3, validators=[django.core.validators.RegexValidator('^[A-Z]{3}$', 'Give the three letters of the currency, such as GBP or USD.')])),
                ('cost_help', models.CharField(blank=True, help_text="Whom to ask, and for what: 'Email the organiser.'", max_length=200, verbose_name='help with the cost')),
                ('free_for', models.CharField(blank=True, help_text="Who pays nothing: 'survivors and members'.", max_length=120)),
                ('booking_url', models.URLField(blank=True, max_length=500, verbose_name='address for booking')),
                ('booking_tracks', models.BooleanField(default=False, help_text='A ticket site that asks for an account or sets cookies for advertisers. Readers are told.', verbose_name='booking site follows visitors')),
                ('book_by', models.DateTimeField(blank=True, null=True, verbose_name='book by')),
                ('contact', models.EmailField(blank=True, max_length=254, verbose_name="organiser's email")),
                ('access', models.CharField(blank=True, help_text='Captions, breaks, camera off allowed, step-free entrance.', max_length=200)),
                ('recording', models.CharField(blank=True, choices=[('', 'Not known'), ('no', 'Not recorded'), ('yes', 'Recorded')], default='', max_length=3)),
                ('history_id', models.AutoField(primary_key=True, serialize=False)),
                ('history_date', models.DateTimeField(db_index=True)),
                ('history_change_reason', models.CharField(max_length=100, null=True)),
                ('history_type', models.CharField(choices=[('+', 'Created'), ('~', 'Changed'), ('-', 'Deleted')], max_length=1)),
                ('history_user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('organiser', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='outcomes.organisation')),
            ],
            options={
                'verbose_name': 'historical event',
                'verbose_name_plural': 'historical events',
                'ordering': ('-history_date', '-history_id'),
                'get_latest_by': ('history_date', 'history_id'),
            },
            bases=(simple_history.models.HistoricalChanges, models.Model),
        ),
        migrations.CreateModel(
            name='TaggedEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('content_object', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='events.event')),
                ('tag', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='%(app_label)s_%(class)s_items', to='taggit.tag')),
            ],
            options={
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='event',
            name='tags',
            field=taggit.managers.TaggableManager(blank=True, help_text='Words, with commas between them.', through='events.TaggedEvent', to='taggit.Tag', verbose_name='Tags'),
        ),
        migrations.CreateModel(
            name='EventDate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('starts', models.DateTimeField()),
                ('ends', models.DateTimeField()),
                ('event', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='dates', to='events.event')),
            ],
            options={
                'ordering': ['starts'],
                'indexes': [models.Index(fields=['starts'], name='event_date')],
                'constraints': [models.UniqueConstraint(fields=('event', 'starts'), name='event_once_at_a_time')],
            },
        ),
        migrations.CreateModel(
            name='Suggestion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=160)),
                ('organiser', models.CharField(max_length=160)),
                ('stated_time', models.CharField(max_length=200, verbose_name='when')),
                ('url', models.CharField(blank=True, max_length=500, verbose_name='web page')),
                ('place', models.CharField(blank=True, max_length=200, verbose_name='where')),
                ('cost', models.CharField(blank=True, max_length=200)),
                ('about', models.TextField(blank=True, verbose_name='anything else')),
                ('name', models.CharField(blank=True, max_length=80)),
                ('email', models.EmailField(blank=True, max_length=254)),
                ('state', models.CharField(choices=[('new', 'New'), ('taken up', 'Made an event'), ('turned down', 'Turned down')], default='new', max_length=11)),
                ('received_on', models.DateField(default=django.utils.timezone.localdate)),
                ('form_digest', models.CharField(editable=False, max_length=64, unique=True)),
                ('event', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='events.event', verbose_name='event made of it')),
            ],
            options={
                'ordering': ['received_on', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('event', None), ('state', 'taken up'), _connector='OR'), name='suggestion_made_an_event')],
            },
        ),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(fields=['state', 'over_at'], name='event_list'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('ends__gte', models.F('starts'))), name='event_ends_after_it_starts', violation_error_message='It ends before it starts.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('price', None), ('price__gte', 0), _connector='OR'), name='event_price', violation_error_message='Give 0 or more.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('state__in', ['changed', 'cancelled']), _negated=True), models.Q(('change_note', ''), _negated=True), _connector='OR'), name='event_says_what_changed', violation_error_message="Say in 'What changed' what is new."),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('left_out', ''), ('repeats', ''), ('repeats_until', None)), models.Q(models.Q(('repeats', ''), _negated=True), ('repeats_until__isnull', False)), _connector='OR'), name='event_repeats_until_a_day', violation_error_message='Say how it repeats and up to which day, or leave both out.'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.CheckConstraint(condition=models.Q(('over_at__gte', models.F('ends'))), name='event_over_at_its_last_end'),
        ),
        migrations.AddConstraint(
            model_name='event',
            constraint=models.UniqueConstraint(condition=models.Q(('imported_from', ''), _negated=True), fields=('imported_from',), name='event_imported_once'),
        ),
        grant(EDITORS, "events", editing("event", "suggestion")),
    ]
