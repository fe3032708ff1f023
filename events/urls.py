"""The URLs of events. Codes are random."""

from django.urls import path

from events import views
from events.feeds import EventFeed

app_name = "events"
urlpatterns = [
    path("events/", views.event_list, name="event_list"),
    path("events/past/", views.event_past, name="event_past"),
    path("events/month/", views.event_month, name="event_month"),
    path("events/feed/", EventFeed(), name="event_feed"),
    path("events/suggest/", views.suggestion_create, name="suggestion_create"),
    path("events/calendar.ics", views.event_calendar, name="event_calendar"),
    path("events/<slug:code>/event.ics", views.event_file, name="event_file"),
    path("events/<slug:code>/", views.event_detail, name="event_detail"),
]
