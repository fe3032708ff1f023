"""Addresses of events. Codes say nothing."""

from django.urls import path

from events import views

app_name = "events"
urlpatterns = [
    path("events/", views.event_list, name="event_list"),
    path("events/past/", views.event_past, name="event_past"),
    path("events/calendar.ics", views.event_calendar, name="event_calendar"),
    path("events/<slug:code>/event.ics", views.event_file, name="event_file"),
    path("events/<slug:code>/", views.event_detail, name="event_detail"),
]
