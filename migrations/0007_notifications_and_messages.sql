CREATE TABLE `messages` (
	`room_id` bigint NOT NULL,
	`sequence` int NOT NULL,
	`id` bigint NOT NULL,
	`sender_id` bigint NOT NULL,
	`text` varchar(2000) NOT NULL,
	`client_key` varchar(64) character set utf8mb4 collate utf8mb4_bin,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `messages_room_id_sequence_pk` PRIMARY KEY(`room_id`,`sequence`),
	CONSTRAINT `messages_client_key` UNIQUE(`sender_id`,`client_key`)
);
--> statement-breakpoint
CREATE TABLE `room_members` (
	`room_id` bigint NOT NULL,
	`user_id` bigint NOT NULL,
	`other_id` bigint NOT NULL,
	`last_sequence` int NOT NULL DEFAULT 0,
	`last_message_id` bigint NOT NULL DEFAULT '0',
	`read_sequence` int NOT NULL DEFAULT 0,
	`left_sequence` int NOT NULL DEFAULT 0,
	`sent_count` int NOT NULL DEFAULT 0,
	`is_muted` tinyint(1) NOT NULL DEFAULT false,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `room_members_room_id_user_id_pk` PRIMARY KEY(`room_id`,`user_id`),
	CONSTRAINT `room_members_pair` UNIQUE(`user_id`,`other_id`)
);
--> statement-breakpoint
CREATE TABLE `notification_preferences` (
	`user_id` bigint NOT NULL,
	`kind` varchar(20) NOT NULL,
	`is_on` tinyint(1) NOT NULL,
	CONSTRAINT `notification_preferences_user_id_kind_pk` PRIMARY KEY(`user_id`,`kind`)
);
--> statement-breakpoint
CREATE TABLE `notifications` (
	`user_id` bigint NOT NULL,
	`cause_key` varchar(60) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`id` bigint NOT NULL,
	`kind` varchar(20) NOT NULL,
	`actor_id` bigint NOT NULL,
	`post_id` bigint,
	`comment_id` bigint,
	`career_id` bigint,
	`order_id` bigint NOT NULL,
	`is_unread` tinyint(1) NOT NULL,
	`is_deleted` tinyint(1) NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `notifications_user_id_cause_key_pk` PRIMARY KEY(`user_id`,`cause_key`)
);
--> statement-breakpoint
CREATE TABLE `push_devices` (
	`id` bigint NOT NULL,
	`token_hash` varchar(43) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`token` varchar(1000) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`user_id` bigint NOT NULL,
	`session_id` bigint NOT NULL,
	`platform` varchar(10) NOT NULL,
	`language` varchar(2) NOT NULL,
	`last_seen_at` datetime(3) NOT NULL,
	CONSTRAINT `push_devices_id` PRIMARY KEY(`id`),
	CONSTRAINT `push_devices_token` UNIQUE(`token_hash`)
);
--> statement-breakpoint
CREATE TABLE `push_sends` (
	`device_id` bigint NOT NULL,
	`push_key` varchar(90) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`claim` varchar(43) character set utf8mb4 collate utf8mb4_bin NOT NULL,
	`created_at` datetime(3) NOT NULL,
	CONSTRAINT `push_sends_device_id_push_key_pk` PRIMARY KEY(`device_id`,`push_key`)
);
--> statement-breakpoint
CREATE INDEX `messages_sender` ON `messages` (`sender_id`,`id`);--> statement-breakpoint
CREATE INDEX `room_members_list` ON `room_members` (`user_id`,`last_message_id`);--> statement-breakpoint
CREATE INDEX `room_members_other` ON `room_members` (`other_id`);--> statement-breakpoint
CREATE INDEX `notifications_list` ON `notifications` (`user_id`,`is_deleted`,`order_id`,`id`);--> statement-breakpoint
CREATE INDEX `notifications_unread` ON `notifications` (`user_id`,`is_unread`,`is_deleted`);--> statement-breakpoint
CREATE INDEX `notifications_created` ON `notifications` (`created_at`);--> statement-breakpoint
CREATE INDEX `notifications_actor` ON `notifications` (`actor_id`);--> statement-breakpoint
CREATE INDEX `push_devices_user` ON `push_devices` (`user_id`);--> statement-breakpoint
CREATE INDEX `push_devices_session` ON `push_devices` (`session_id`);--> statement-breakpoint
CREATE INDEX `push_devices_seen` ON `push_devices` (`last_seen_at`);--> statement-breakpoint
CREATE INDEX `push_sends_claim` ON `push_sends` (`claim`);--> statement-breakpoint
CREATE INDEX `push_sends_created` ON `push_sends` (`created_at`);